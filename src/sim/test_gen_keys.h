/* EC keys that issue the chains of generation_test.c; of no use to anybody else. */
#pragma once

static const char *const test_gen_ec384 =
	"-----BEGIN PRIVATE KEY-----\n"
	"MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDDmD0nsivE78uuT9DGX\n"
	"eGHM6+GrSMpNIxjcQ4kLMurdHjfkm6Ntu1LR/jxHGP0mncyhZANiAAThcZyqywa2\n"
	"DBDhzgKATw+2sT9gNzLSzD9kWPDtBIX00GdD7R/UIRaZJpkdpgDrVXOTwqZQ3/rd\n"
	"g+AsYjRQZmVwRv1Gb5HqiRztZCD3IwWDLh7kSew0swfSvXe6mSv+eJQ=\n"
	"-----END PRIVATE KEY-----\n";
static const char *const test_gen_ec521 =
	"-----BEGIN PRIVATE KEY-----\n"
	"MIHuAgEAMBAGByqGSM49AgEGBSuBBAAjBIHWMIHTAgEBBEIApoYxzW5TPrtY4pNO\n"
	"SXkVTcXSLqe9b04652Hwp/Vguo1UZwvkYYJNp2DQgJr/smPx+ApTUcmagn88dDvc\n"
	"CLgcKMehgYkDgYYABAAo4C9Vt72ThmFcArxBJQAagb9uMFRHHHEBkrJKbHwUIF9R\n"
	"BNgf54ITB4MCdG1tM2zTMGJfdxA3o31gZPM3xkVT6ABGSnzCkA/At50p7AYPLHIr\n"
	"MOCuDaYnotg/7d/7jrnQj9aVkab3GRww8BJrlu02jzoys5kqjTgIJ5OEPeBCnnfA\n"
	"UA==\n"
	"-----END PRIVATE KEY-----\n";
