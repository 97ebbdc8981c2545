/* Every named maximum. What comes from outside is checked against one of these first. */
#pragma once
#define LIMIT_HELLO_BYTES        8192     /* 25 + 255 entries of 2+48 do not fit: 160 SHA-384 do */
#define LIMIT_HELLO_MS           10000    /* a hello connection that says nothing ends */
#define LIMIT_HELLO_ROUND        32       /* taken at once: PCs at work and the API come between */
#define LIMIT_HTTP_HEAD_BYTES    16384
#define LIMIT_HTTP_HEADERS       64
#define LIMIT_HTTP_BODY_BYTES    1048576
#define LIMIT_XML_BYTES          1048576
#define LIMIT_XML_DEPTH          64
#define LIMIT_XML_NODES          20000
#define LIMIT_XML_ARENA_BYTES    8388608
#define LIMIT_CERT_CHAIN         8
#define LIMIT_STORED_CHAINS      64       /* provisioning certificates in use at once */
#define LIMIT_CERT_DER_BYTES     16384
#define LIMIT_PFX_BYTES          262144
#define LIMIT_YAML_BYTES         1048576
#define LIMIT_YAML_NODES         20000
#define LIMIT_PROFILE_TREE_BYTES 4194304 /* of the parts of a profile, read */
#define LIMIT_CSV_BYTES          268435456u
#define LIMIT_CSV_FIELD_BYTES    4096
#define LIMIT_API_BODY_BYTES     16777216
#define LIMIT_API_BODY_MS        10000    /* the body of a request at the local socket is there by then, or never */
#define LIMIT_HANDSHAKES         64       /* of a client, at once: 2 ms of CPU each, and all else waits meanwhile */
#define LIMIT_HANDSHAKE_TURN_MS  2000     /* a slow peer does not keep its place among them for longer */
#define LIMIT_STORE_QUEUE        8192
#define LIMIT_STORE_BATCH        2048
#define LIMIT_FQDN               253
#define LIMIT_TRACES             16       /* PCs that are traced at once, or were */
#define LIMIT_TRACE_BYTES        4194304u /* of one PC: the oldest messages go first */
#define LIMIT_TRACE_MESSAGE_BYTES 262144
#define LIMIT_TRACE_KEYS_BYTES   262144u  /* a handshake has some 500 */
#define LIMIT_LINE_BEAT_MS       5000     /* the client of a line to a PC is asked so often whether it lives */
#define LIMIT_KVM_STILL_MS       60000    /* a VNC viewer that takes nothing for so long is sent away: the PC is free again */
#define LIMIT_SHARE_CONNS        64       /* downloads of 'media share' at once */
#define LIMIT_SHARE_TICK_MS      10000    /* so often it looks who has taken something; six times nothing ends it */
#define LIMIT_LINE_SILENT_MS     30000    /* and lets the PC go when it has not answered for so long */
#define LIMIT_FORWARDS           64       /* hellos on their way to another server at once */
#define LIMIT_PROFILE_RULES      200      /* looked at for every job */
#define LIMIT_NAME_ASKED         256      /* jobs that wait for a name without a worker */
#define LIMIT_OP_BYTES           (4 << 20) /* what one operation on a PC may keep of its answers */
#define LIMIT_HELLO_CONNS        4096     /* open at once; a hello takes milliseconds */
#define LIMIT_ALERT_HOOKS        64       /* alerts that wait for the operator's program */
#define LIMIT_ALERT_POSTS        16384    /* and for the web server, which gets each in its turn */
#define LIMIT_ALERT_BYTES        16777216 /* of either */
#define LIMIT_ALERTS_UNKNOWN     120      /* in a minute, of senders that are no PC of ours */
#define LIMIT_HELLO_CONNS_SOURCE 256      /* of one address: a site behind one NAT says hello at once */
#define LIMIT_REDIR_AUTH_BYTES   4096     /* a login of a redirection session: a Kerberos token is the longest */
#define LIMIT_SIGHTINGS          1000000  /* addresses where AMT was seen: the oldest go first */
#define LIMIT_DISCOVER_ADDRESSES 16777216 /* of one discovery: a /8 */
#define LIMIT_DISCOVER_RANGES    65536    /* bytes of its ranges as they are stored */
#define LIMIT_DISCOVERIES        64       /* that run or wait for their turn */
#define LIMIT_DISCOVERIES_KEPT   200      /* that ended */
