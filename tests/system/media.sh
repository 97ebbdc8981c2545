# What the tests of virtual media share: discs, PCs that start from them, and what their boot loader
# says. Sourced after sim.sh.

media_pid=

# media_disc NAME SEED BYTES: a directory NAME with files, and their digests as the boot loader prints them
media_disc() {
	mkdir -p "$1/sub/deeper" && : >"$1/empty" && printf 'hello from %s\n' "$1" >"$1/sub/a file.txt" &&
	seq "$2" $(($2 + $3 / 7)) | head -c "$3" >"$1/sub/deeper/big.bin" &&
	(cd "$1" && find . -type f | sed 's/^\.//' | while read -r f; do
		echo "file $f $(stat -c %s ".$f") $(sha256sum <".$f" | cut -d' ' -f1)"
	done | sort) >"$1.files"
}

# media_serve ADDRESS:BASE ARGUMENT...: serves in the background until media_end, once the PC has its drives
media_serve() {
	media_host=$1
	shift
	: >media.err
	case " $* " in *" --tls "*) media_tls=--tls ;; *) media_tls= ;; esac
	"$OUTBAND" wsman put IPS_OptInService OptInRequired=0 --direct "$media_host" $media_tls --password-file admin.txt >/dev/null
	"$OUTBAND" media --direct "$media_host" --password-file admin.txt --timeout 20 "$@" >media.out 2>media.err &
	media_pid=$!
	sim_pids="$sim_pids $media_pid"
	sim_until grep -q 'has its virtual drives' media.err
}

media_end() {
	kill -INT "$media_pid" && wait "$media_pid"
	media_status=$?
	sim_pids=$(printf '%s' "$sim_pids" | sed "s/ $media_pid\$//")
	return $media_status
}

# media_start ADDRESS:BASE [ARGUMENT...]: the PC starts from its virtual CD, told by WS-MAN
media_start() {
	media_pc=$1
	shift
	set -- --direct "$media_pc" --password-file admin.txt "$@"
	"$OUTBAND" wsman put AMT_BootSettingData UseIDER=true IDERBootDevice=1 "$@" >/dev/null &&
	"$OUTBAND" wsman invoke CIM_BootService SetBootConfigRole Role=1 \
		'BootConfigSetting=CIM_BootConfigSetting{InstanceID=Intel(r) AMT: Boot Configuration 0}' "$@" >/dev/null &&
	"$OUTBAND" pc power reset --yes "$@" >/dev/null
}

media_done() {
	sim_ctl media "$1" >loader && grep -q '^boot \(done\|failed\)' loader
}

# media_booted DEVICE NAME: its boot loader has ended and says what NAME.files says
media_booted() {
	sim_until media_done "$1" && grep '^file' loader | sort >loader.files &&
	test_cmp "$2.files" loader.files && grep -q '^boot done' loader && grep -q ' mistakes=0 ' loader
}
