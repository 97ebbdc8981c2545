#!/bin/sh
test_description='answers of virtual drives, command by command, as Wireshark reads them'

. /usr/share/sharness/sharness.sh
. "$SHARNESS_TEST_SRCDIR/sim.sh"

host=127.22.253.1 base=22386

command -v tshark >/dev/null && command -v genisoimage >/dev/null && test_set_prereq TSHARK

# What is asked, how much the host takes at most, and what Wireshark must say of it: patterns with ";"
# between, the sense as "Sense Key: ...", "!" before one that must not be there. "CDB only": Wireshark knows
# the command of no such drive, so the bytes are compared by themselves.
cat >table <<'E1'
cd|120000002400|36|Inquiry|Device Type: CD-ROM;This is a REMOVABLE device;Vendor Id: OUTBAND;Product Id: Virtual CD;Additional Length: 31
cd|000000000000|0|Test Unit Ready|Sense Key: Unit Attention;Medium May Have Changed \(0x2800\)
cd|000000000000|0|Test Unit Ready|Status: Good
cd|120000000500|5|Inquiry|DataSegmentLength: 5 ;Additional Length: 31;!Vendor Id
cd|120100002400|36|Inquiry|Sense Key: Illegal Request;Invalid Field In Cdb \(0x2400\)
cd|030000001200|18|Request Sense|Request Sense Response Data;Sense Key: Illegal Request;Invalid Field In Cdb
cd|25000000000000000000|8|Read Capacity\(10\)|LBA: 599 ;Block size in bytes: 2048
cd|28000000001000000100|2048|Read\(10\)|Logical Block Address \(LBA\): 16$;Transfer Length: 1$;DataSegmentLength: 2048;Status: Good
cd|28000000025700000100|2048|Read\(10\)|Logical Block Address \(LBA\): 599$;DataSegmentLength: 2048;Status: Good
cd|28000000025800000100|2048|Read\(10\)|Logical Block Address \(LBA\): 600$;Sense Key: Illegal Request;Out Of Range \(0x2100\);ResidualCount: 2048
cd|28000000025700000200|4096|Read\(10\)|Sense Key: Illegal Request;Out Of Range \(0x2100\);ResidualCount: 4096
cd|2800ffffffff00000100|2048|Read\(10\)|Logical Block Address \(LBA\): 4294967295$;Out Of Range \(0x2100\)
cd|080000100100|2048|CDB only|Status: Good
cd|080000000000|524288|CDB only|Status: Good
cd|a80000000010000000020000|4096|Read\(12\)|Logical Block Address \(LBA\): 16$;Transfer Length: 2$;DataSegmentLength: 4096;Status: Good
cd|28000000001000000000|0|Read\(10\)|Transfer Length: 0$;Status: Good;!Check Condition
cd|43000000000000032400|804|Read TOC/PMA/ATIP|Data Length: 18;First Track: 1;Last Track: 1;Track Start Address: 0$;Track: 170;Track Start Address: 600
cd|43020000000000032400|804|Read TOC/PMA/ATIP|Data Length: 18;Track: 170;Track Start Time: 512$;Track Start Time: 2560$
cd|43000000000000000400|4|Read TOC/PMA/ATIP|Data Length: 18;First Track: 1;!Track Start
cd|43000000000000000000|0|Read TOC/PMA/ATIP|Status: Good;!Check Condition
cd|430000000000aa032400|804|Read TOC/PMA/ATIP|Data Length: 10;Track: 170;Track Start Address: 600
cd|43000100000000032400|804|Read TOC/PMA/ATIP|Data Length: 10
cd|5a001a0000000000ff00|255|Mode Sense\(10\)|Mode Data Length: 18;Block Descriptor Length: 0;Power Condition
cd|5a002a00000000000800|8|Mode Sense\(10\)|Mode Data Length: 32;DataSegmentLength: 8
cd|1a000100ff00|255|Mode Sense\(6\)|Mode Data Length: 11;Page Length: 6
cd|5a00150000000000ff00|255|Mode Sense\(10\)|Sense Key: Illegal Request;Invalid Field In Cdb
cd|46000000000000010000|256|Get Configuration|Data Length: 60;Current Profile: CD-ROM;Feature: Core;Feature: Random Readable;Feature: CD Read;Feature: Timeout
cd|4602001e000000010000|256|Get Configuration|Data Length: 8;Feature: CD Read;!Feature: Core
cd|46000000000000000800|8|Get Configuration|Data Length: 60;Current Profile: CD-ROM;!Feature: Core
cd|4a010000100000000800|8|Get Event Status Notification|DataSegmentLength: 8 ;Status: Good
cd|4a000000100000000800|8|Get Event Status Notification|Sense Key: Illegal Request
cd|51000000000000002200|34|Read Disc Information|Data Length: 32;Finalized Disc;Complete Session;CD-DA or CD-ROM Disc;Number Of Sessions: 1
cd|52010000000100002400|36|Read Track Information|Data Length: 34;Track: 1$;Session: 1$;Data track;Mode 1;Track Size: 600
cd|1e0000000100|0|Prevent/Allow Medium Removal|Status: Good
cd|1b0000000200|0|Start Stop Unit|Sense Key: Illegal Request;Medium Removal Prevented \(0x5302\)
cd|1e0000000000|0|Prevent/Allow Medium Removal|Status: Good
cd|c50000000000|0|CDB only|Sense Key: Illegal Request;Invalid Command Operation Code \(0x2000\)
cd|2a000000000000000100|2048|Write\(10\)|Check Condition;!Status: Good
cd|1b0000000200|0|Start Stop Unit|Status: Good
cd|28000000001000000100|2048|Read\(10\)|Sense Key: Not Ready;Medium Not Present
cd|1b0000000300|0|Start Stop Unit|Status: Good
cd|28000000001000000100|2048|Read\(10\)|Sense Key: Unit Attention;\(0x2800\)
cd|28000000001000000100|2048|Read\(10\)|DataSegmentLength: 2048;Status: Good
fd|120000002400|36|Inquiry|Direct Access Device;This is a REMOVABLE device;Product Id: Virtual Floppy
fd|000000000000|0|Test Unit Ready|Sense Key: Unit Attention
fd|25000000000000000000|8|Read Capacity\(10\)|LBA: 2879 ;Block size in bytes: 512
fd|28000000000000000100|512|Read\(10\)|DataSegmentLength: 512;Status: Good
fd|280000000b3f00000100|512|Read\(10\)|Logical Block Address \(LBA\): 2879$;DataSegmentLength: 512
fd|280000000b4000000100|512|Read\(10\)|Logical Block Address \(LBA\): 2880$;Out Of Range \(0x2100\)
fd|08000b3f0100|512|Read\(6\)|Logical Block Address \(LBA\): 2879$;Transfer Length: 1$;DataSegmentLength: 512
fd|08000b400100|512|Read\(6\)|Sense Key: Illegal Request;Out Of Range \(0x2100\)
fd|080000000000|131072|Read\(6\)|Status: Good;BufferOffset: 122880
fd|2a000000000000000100|512|Write\(10\)|Sense Key: Data Protect;Write Protected \(0x2700\)
fd|43000000000000032400|804|CDB only|Sense Key: Illegal Request;Invalid Command Operation Code
fd|1a000500ff00|255|Mode Sense\(6\)|Mode Data Length: 35;Page Length: 30
cd|5a003f0000000000ff00|255|Mode Sense\(10\)|Mode Data Length: 64;Medium Type: 0x01;Power Condition Mode Page;Eject: True;Page Length: 24;Copy Management Revision Support: 0
E1

cat >check.py <<'E2'
"""check.py TABLE DISSECTED: each task of the capture against the patterns of its line"""
import re
import sys

frames, number = {}, None
for frame in re.split(r"^Frame (?=\d+:)", open(sys.argv[2], errors="replace").read(), flags=re.M)[1:]:
    tag = re.search(r"InitiatorTaskTag: 0x([0-9a-f]+)", frame)
    if not tag:
        sys.exit("a frame that belongs to no command:\n" + frame)
    number = int(tag.group(1), 16)
    frames[number] = frames.get(number, "") + frame
bad = 0
lines = [line.rstrip("\n").split("|") for line in open(sys.argv[1])]
if sorted(frames) != list(range(1, len(lines) + 1)):
    sys.exit("%d commands, %d dissected" % (len(lines), len(frames)))
for number, (drive, cdb, _, name, patterns) in enumerate(lines, 1):
    text = frames[number]
    wanted = patterns.split(";")
    if name != "CDB only":
        wanted.append(r"^    Opcode: %s \(0x%s\)" % (name, cdb[:2]))
    # Wireshark knows page 2A as MMC-5 has it; of the 24 bytes of MMC-2 it reads all and misses the rest
    if "Page Code: MM Capabilities" not in text or "Copy Management" not in text:
        wanted.append("!(?i)malformed")
    for pattern in wanted:
        negated = pattern.startswith("!")
        found = re.search(pattern.lstrip("!"), text, re.M) is not None
        if found == negated:
            print("%d %s %s: %s is%s there\n%s" % (number, drive, cdb, pattern, "" if found else " not", text))
            bad += 1
sys.exit(bad > 0)
E2

test_expect_success TSHARK 'a disc of 600 blocks, and a floppy' '
	echo "P@ssw0rd1" >admin.txt && mkdir disc && seq 1 60000 >disc/file.txt &&
	genisoimage -quiet -R -V ONE -o disc.iso disc && truncate -s 1228800 disc.iso &&
	seq 1 300000 | head -c 1474560 >floppy.img && awk -F"|" "{ print \$1, \$2, \$3, \$4 }" table >commands
'

test_expect_success TSHARK 'a PC whose host asks' '
	python3 "$SHARNESS_TEST_SRCDIR/media_peer.py" $host $base commands scsi.pcap answers >peer.out 2>peer.err &
	peer=$! && sim_pids="$sim_pids $peer" && sim_until grep -q ready peer.out && {
		"$OUTBAND" media --direct $host:$((base - 2)) --password-file admin.txt --cd disc.iso --floppy floppy.img >out 2>err &
	} && media=$! && sim_pids="$sim_pids $media" && { wait $peer || { cat peer.err && false; }; } &&
	kill -INT $media && { wait $media || :; } && test "$(wc -l <answers)" = "$(wc -l <table)"
'

test_expect_success TSHARK 'Wireshark reads each answer, and what it reads is right' '
	tshark -r scsi.pcap -V >dissected 2>/dev/null && python3 check.py table dissected
'

# blocks FILE SIZE FIRST COUNT: their SHA-256
blocks() {
	dd if="$1" bs="$2" skip="$3" count="$4" 2>/dev/null | sha256sum | cut -d" " -f1
}

# data CDB DRIVE: SHA-256 of the first answer to it
data() {
	awk -v n="$(grep -n "^$2|$1|" table | head -n 1 | cut -d: -f1)" "\$1 == n { print \$4 }" answers
}

test_expect_success TSHARK 'the blocks are those of the image, the last one too' '
	test "$(data 28000000001000000100 cd)" = "$(blocks disc.iso 2048 16 1)" &&
	test "$(data 28000000025700000100 cd)" = "$(blocks disc.iso 2048 599 1)" &&
	test "$(data 080000100100 cd)" = "$(blocks disc.iso 2048 16 1)" &&
	test "$(data 080000000000 cd)" = "$(blocks disc.iso 2048 0 256)" &&
	test "$(data a80000000010000000020000 cd)" = "$(blocks disc.iso 2048 16 2)" &&
	test "$(data 280000000b3f00000100 fd)" = "$(blocks floppy.img 512 2879 1)" &&
	test "$(data 08000b3f0100 fd)" = "$(blocks floppy.img 512 2879 1)" &&
	test "$(data 080000000000 fd)" = "$(blocks floppy.img 512 0 256)"
'

test_expect_success TSHARK 'none gets more than it wants, and the bytes are those of the capture' '
	tshark -r scsi.pcap -Y "iscsi.opcode == 0x25" -T fields -e iscsi.datasegmentlength 2>/dev/null |
		awk "{ n += \$1 } END { print n + 0 }" >got &&
	awk "{ n += \$3 } END { print n + 0 }" answers >want && test_cmp want got
'

cat >writes <<'E3'
fd 000000000000 0 attention
fd 2a000000000500000300 0 three blocks
fd 0a000b3f0100 0 WRITE(6), the last block
fd 2a000000000000001400 0 more than the buffer of the PC
fd 2a000000000600000000 0 no block
fd 2e000000001e00000100 0 WRITE AND VERIFY
fd 2a0000000b4000000100 0 behind the end
fd 2a0000000b3f00000200 0 across the end
fd 28000000000500000300 1536 reads them
E3

# What the image must be then: the same bytes by another hand.
cat >write.py <<'E4'
import sys
image = bytearray(open(sys.argv[1], "rb").read())
for line, block, count in ((2, 5, 3), (3, 2879, 1), (4, 0, 20), (6, 30, 1)):
    image[block * 512:(block + count) * 512] = bytes((line + i) & 255 for i in range(count * 512))
open(sys.argv[2], "wb").write(image)
E4

test_expect_success TSHARK 'what a PC writes is in the image when the answer is good, even if we are killed then' '
	cp floppy.img written.img && python3 write.py floppy.img expected.img && : >peer.out && {
		python3 "$SHARNESS_TEST_SRCDIR/media_peer.py" $host $base writes writes.pcap answers >peer.out 2>peer.err &
	} && peer=$! && sim_pids="$sim_pids $peer" && sim_until grep -q ready peer.out && {
		"$OUTBAND" media --direct $host:$((base - 2)) --password-file admin.txt --floppy written.img --write-floppy >out 2>err &
	} && media=$! && sim_pids="$sim_pids $media" && { wait $peer || { cat peer.err && false; }; } && kill -KILL $media &&
	cut -d" " -f2 answers >got && printf "%s\n" 06/28/00 00/00/00 00/00/00 00/00/00 00/00/00 00/00/00 05/21/00 05/21/00 00/00/00 >want &&
	test_cmp want got && cmp expected.img written.img &&
	test "$(awk "\$1 == 9 { print \$4 }" answers)" = "$(blocks expected.img 512 5 3)"
'

test_done
