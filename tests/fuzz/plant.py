#!/usr/bin/env python3
"""Shows that the fuzzers can find: plants one bug per parser and waits for each to be found.

usage: tests/fuzz/plant.py [--one-seed] [TARGET...]      after ./dev fuzz has built build-fuzz

Many seeds are what was once refused, so they find such bugs at once; with --one-seed the fuzzer gets
one good input only and has to find the bug itself.

Each bug is made in a copy of one source file, compiled as build-fuzz compiles that file, and linked
before the libraries, so that the tree stays as it is. The fuzzer starts from our own seeds. Prints
the seconds until it stopped; ends with 1 when one bug was not found in LIMIT seconds. One past the
end of a list of structs is not among them: the sanitizers of clang 14 let that pass, two they see.
"""
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, 'build-fuzz')
LIMIT = 300

# target: source, what stands there, what is planted, in words
PLANTS = {
    'audit': ('wire/audit_record.c', 'struct span all = cur_take(c, count * 16);',
              'struct span all = { c->in.p + c->at, count * 16 };',
              'serial numbers are taken without looking at the end'),
    'cert': ('pki/cert.c', 'int kind = pub ? EVP_PKEY_get_base_id(pub) : NID_undef;',
             'int kind = EVP_PKEY_get_base_id(pub);', 'a public key that cannot be read is used'),
    'csv': ('engine/import.c', 'r->row->count == ENGINE_CSV_MAX_FIELDS', 'r->row->count == ENGINE_CSV_MAX_FIELDS + 2',
            'two fields too many are taken'),
    'digest': ('wire/digest_text.c', "next_is(c, '\\\\') && cur_left(c) > 1 ? 2 : 1", "next_is(c, '\\\\') ? 2 : 1",
               'an escape at the end steps past it'),
    'envelope': ('wsman/obj.c', 'x = set ? set->first : NULL;', 'x = set->first;',
                 'a set of selectors that is not there is read'),
    'eoi': ('wsman/eoi.c', 'if (!body || !body->first)', 'if (!body)', 'a body without an operation is read'),
    'event': ('wire/event_record.c', 'if (in.n < WIRE_EVENT_RECORD_BYTES)', 'if (in.n < WIRE_EVENT_RECORD_BYTES - 1)',
              'a record of 20 bytes is taken'),
    'fleet': ('sim/fleet_keys.c', 't->o->generation_count == SIM_FLEET_MIX', 't->o->generation_count > SIM_FLEET_MIX',
              'one generation too many is taken'),
    'hello': ('wire/hello.c', 'struct span digest = cur_take(c, size);',
              'struct span digest = { c->in.p + c->at, size };\n\tc->at += size;',
              'a digest is taken without looking at the end'),
    'http1': ('wire/http1_head.c', 'm->header_count == LIMIT_HTTP_HEADERS', 'm->header_count == LIMIT_HTTP_HEADERS + 2',
              'two headers too many are taken'),
    'ider': ('amt/ider_io.c', 'x->queued == AMT_IDER_QUEUE || !x->chunk', 'x->queued == AMT_IDER_QUEUE',
             'a session that is not open reads pieces of no bytes'),
    'storage': ('wire/storage.c', 'n->key = n->text = "";', 'n->key = "";', 'an object has no text'),
    'pet': ('wire/pet.c', 'size_t n = length(&b->c);\n\treturn cur_take(&b->c, n);',
            'size_t n = length(&b->c);\n\tb->c.at += n;\n\treturn span_make(b->c.in.p + b->c.at - n, n);',
            'a value is taken without looking at the end'),
    'profile': ('engine/profile.c', 'bool ok = s.n > 0 && str_copy(', 'bool ok = str_copy(',
                'a secret without a name is taken'),
    'psk': ('wire/psk.c', 'if (n == want) {\n\t\t\tn++;', 'if (n == want + 2) {\n\t\t\tn++;',
            'two characters too many are written'),
    'scsi': ('wire/scsi.c', 'count > c->u->blocks - block', 'count > c->u->blocks - block + 1',
             'one block behind the end is read'),
    'redir': ('wire/redir_auth.c', 'uint8_t n = cur_u8(c);\n\n\treturn cur_take(c, n);',
              'uint8_t n = cur_u8(c);\n\n\tc->at += n;\n\treturn span_make(c->in.p + c->at - n, n);',
              'a text is taken without looking at the end'),
    'rfb': ('sim/rfb.c', 'count <= ENCODINGS && in.n < 4 + (size_t)count * 4', 'count > ENCODINGS',
            'encodings are read that have not come'),
    'setupbin': ('wire/setupbin.c', 'v->value = cur_take(c, size);',
                 'v->value = span_make(c->in.p + c->at, size);\n\tc->at += size;',
                 'a value is taken without looking at the end'),
    'where': ('base/where.c', 'if (n == rest.n) {', 'if (n > rest.n) {',
              'a quote without an end reads behind the text'),
    'xml': ('wsman/xml.c', 'r->depth == LIMIT_XML_DEPTH', 'r->depth == LIMIT_XML_DEPTH + 2',
            'two levels too many are opened'),
}

GOOD = {'audit': 'setup', 'cert': 'leaf.der', 'csv': 'fields-16', 'digest': 'challenge', 'envelope': 'request-invoke',
        'eoi': 'reply', 'event': 'logins', 'fleet': 'mix-16', 'hello': 'pki-sha1.bin', 'http1': 'headers-64', 'profile': 'secrets',
        'psk': 'pids', 'redir': 'auth-answer', 'rfb': 'talk', 'setupbin': 'v3-plain', 'xml': 'depth-64'}


def compile_planted(target, folder):
    source, old, new, _ = PLANTS[target]
    path = os.path.join(ROOT, 'src', source)
    with open(path, encoding='utf-8') as f:
        text = f.read()
    if text.count(old) != 1:
        sys.exit('plant: %s has "%s" %d times' % (source, old, text.count(old)))
    planted = os.path.join(folder, os.path.basename(source))
    with open(planted, 'w', encoding='utf-8') as f:
        f.write(text.replace(old, new))
    with open(os.path.join(BUILD, 'compile_commands.json'), encoding='utf-8') as f:
        entry = next(e for e in json.load(f) if e['file'].endswith('src/' + source))
    words = []
    skip = False
    for word in shlex.split(entry['command']):
        if skip:
            skip = False
        elif word in ('-MQ', '-MF', '-o'):
            skip = True
        elif word != '-MD' and word != entry['file']:
            words.append(word)
    planted_object = planted[:-2] + '.o'
    subprocess.run(words + ['-w', planted, '-o', planted_object], cwd=BUILD, check=True)
    return planted_object


def link(target, folder, planted_object):
    output = subprocess.run(['ninja', '-C', BUILD, '-t', 'commands', '-s', 'tests/fuzz_' + target],
                            check=True, capture_output=True, text=True).stdout
    command = next(c for c in reversed(output.splitlines()) if '-o tests/fuzz_' + target in c)
    words = shlex.split(command)
    fuzzer = os.path.join(folder, 'fuzz')
    words[words.index('-o') + 1] = fuzzer
    at = next(i for i, w in enumerate(words) if re.match(r'tests/fuzz_.*\.o$', w))
    words.insert(at + 1, planted_object)
    subprocess.run(words, cwd=BUILD, check=True)
    return fuzzer


def hunt(target, one_seed):
    with tempfile.TemporaryDirectory() as folder:
        fuzzer = link(target, folder, compile_planted(target, folder))
        found = os.path.join(folder, 'found')
        os.mkdir(found)
        seeds = os.path.join(ROOT, 'tests/corpus', target)
        if one_seed:
            shutil.copy(os.path.join(seeds, GOOD[target]), found)
            seeds = found
        start = time.monotonic()
        run = subprocess.run([fuzzer, '-max_total_time=%d' % LIMIT, '-timeout=10', '-artifact_prefix=' + folder + '/',
                              found, seeds], capture_output=True, text=True, errors='replace', check=False)
        seconds = time.monotonic() - start
    if run.returncode == 0:
        return seconds, None
    why = re.search(r'runtime error: (.*)', run.stderr) or re.search(r'SUMMARY: (\S+ \S+)', run.stderr)
    return seconds, why.group(1) if why else 'stopped'


def main():
    one_seed = '--one-seed' in sys.argv
    targets = [a for a in sys.argv[1:] if a != '--one-seed'] or sorted(PLANTS)
    for target in targets:
        if target not in PLANTS:
            sys.exit('plant: there is no target %s; there are %s' % (target, ' '.join(sorted(PLANTS))))
    missed = []
    print('%-9s %-22s %-56s %8s  %s' % ('target', 'file', 'planted', 'seconds', 'found as'))
    for target in targets:
        seconds, why = hunt(target, one_seed)
        print('%-9s %-22s %-56s %8.1f  %s' % (target, PLANTS[target][0], PLANTS[target][3], seconds,
                                              why or 'NOT FOUND'), flush=True)
        if not why:
            missed.append(target)
    sys.exit('plant: not found: ' + ' '.join(missed) if missed else 0)


main()
