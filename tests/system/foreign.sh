# A provisioning server that is not ours: what it writes, in the styles of XML that are about, and how
# it talks. Sourced after sim.sh by 0121.
#
# A message is written once with marks, and a style gives them prefixes:
#   <@:Name @ns ...>   an element in the class's namespace; @ns on the outermost one
#   <%:Name ...>       an element of addressing,  <#:Name ...> one of WS-Management

soap=http://www.w3.org/2003/05/soap-envelope
wsa=http://schemas.xmlsoap.org/ws/2004/08/addressing
wsman=http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd
transfer=http://schemas.xmlsoap.org/ws/2004/09/transfer
enumeration=http://schemas.xmlsoap.org/ws/2004/09/enumeration
amt=http://intel.com/wbem/wscim/1/amt-schema/1

# prefixed CLASS-PREFIX WSA-PREFIX WSMAN-PREFIX: marks become prefixes (with their colon)
prefixed() {
	sed -e "s|<\(/*\)@:|<\1$1|g" -e "s|<\(/*\)%:|<\1$2|g" -e "s|<\(/*\)#:|<\1$3|g"
}

# unprefixed: marks become declarations of the default namespace, on each element
unprefixed() {
	sed -e "s|</[@%#]:|</|g" -e "s|<@:\([A-Za-z0-9_]*\)|<\1 xmlns=\"$ns\"|g" -e 's| @ns||g' \
		-e "s|<%:\([A-Za-z0-9_]*\)|<\1 xmlns=\"$wsa\"|g" -e "s|<#:\([A-Za-z0-9_]*\)|<\1 xmlns=\"$wsman\"|g"
}

# write_message STYLE ACTION RESOURCE SELECTORS PAYLOAD
write_message() {
	ns=$3
	anonymous=$wsa/role/anonymous
	case $1 in
	usual) # the envelope's namespace is the default, short headers
		printf '<?xml version="1.0" encoding="utf-8"?><Envelope xmlns="%s" xmlns:a="%s" xmlns:w="%s"><Header>' \
			$soap $wsa $wsman
		printf '<a:Action>%s</a:Action><a:To>/wsman</a:To><w:ResourceURI>%s</w:ResourceURI>' "$2" "$3"
		printf '<a:MessageID>7</a:MessageID><a:ReplyTo><a:Address>%s</a:Address></a:ReplyTo>' $anonymous
		printf '<w:OperationTimeout>PT60.000S</w:OperationTimeout>'
		printf '%s' "$4" | prefixed r: a: w:
		printf '</Header><Body>'
		printf '%s' "$5" | sed "s|@ns|xmlns:r=\"$3\"|" | prefixed r: a: w:
		printf '</Body></Envelope>'
		;;
	default) # no prefix anywhere, no XML declaration, other order
		printf '<Envelope xmlns="%s"><Header>' $soap
		printf '%s' "$4" | unprefixed
		printf '<MessageID xmlns="%s">urn:uuid:0C0FFEE0-0000-0000-0000-000000000001</MessageID>' $wsa
		printf '<ReplyTo xmlns="%s"><Address>%s</Address></ReplyTo>' $wsa $anonymous
		printf '<To xmlns="%s">https://device:16993/wsman</To>' $wsa
		printf '<ResourceURI xmlns="%s">%s</ResourceURI><Action xmlns="%s">%s</Action>' $wsman "$3" $wsa "$2"
		printf '</Header><Body>'
		printf '%s' "$5" | unprefixed
		printf '</Body></Envelope>\n'
		;;
	loud) # everything marked, single quotes, qualified attributes, comments, indented, upside down
		printf "<?xml version='1.0' encoding='UTF-8'?>\n<!-- a server of another house -->\n"
		printf "<s:Envelope\n    xmlns:s='%s'\n    xmlns:wsa='%s'\n\txmlns:wsman='%s'>\n" $soap $wsa $wsman
		printf "  <s:Header>\n    <!-- headers -->\n    <wsa:ReplyTo>\n      <wsa:Address>%s</wsa:Address>\n" \
			$anonymous
		printf "    </wsa:ReplyTo>\n    <wsman:MaxEnvelopeSize s:mustUnderstand='true'> 51200 </wsman:MaxEnvelopeSize>\n"
		printf "    <wsman:Locale xml:lang='en-US' s:mustUnderstand='false'/>\n"
		printf '%s' "$4" | sed "s|Name=\"\([^\"]*\)\"|wsman:Name='\1'|g" | prefixed z: wsa: wsman:
		printf "\n    <wsman:ResourceURI s:mustUnderstand='true'>%s</wsman:ResourceURI>\n" "$3"
		printf "    <wsa:MessageID s:mustUnderstand='true'>uuid:8a1b</wsa:MessageID>\n"
		printf "    <wsa:Action s:mustUnderstand='true'>\n      %s\n    </wsa:Action>\n" "$2"
		printf "    <wsa:To s:mustUnderstand='true'>http://127.0.0.1:16992/wsman</wsa:To>\n  </s:Header>\n"
		printf "  <s:Body>\n    <!-- what it is about -->\n"
		printf '%s' "$5" | sed -e "s|@ns|xmlns:z='$3'|" -e 's|></|>\n</|g; s|><|>\n  <!-- - -->\t<|g' |
			sed "s|Name=\"\([^\"]*\)\"|wsman:Name='\1'|g" | prefixed z: wsa: wsman:
		printf "\n  </s:Body>\n</s:Envelope>\n\n"
		;;
	odd) # a byte order mark, CRLF, prefixes that mislead, the namespaces declared where they are used
		printf '\357\273\277<?xml version="1.0"?>\r\n<wsman:Envelope xmlns:wsman="%s" xmlns:unused.x-1="urn:x">\r\n' $soap
		printf '<wsman:Header xmlns:s="%s" xmlns:_9="%s">\r\n<s:To>/wsman</s:To>\r\n' $wsa $wsman
		printf '<_9:ResourceURI>%s</_9:ResourceURI >\r\n' "$(printf '%s' "$3" | sed 's|/|\&#x2F;|g')"
		printf '%s' "$4" | prefixed a: s: _9:
		printf '<s:Action ><![CDATA[%s]]></s:Action>\r\n<s:MessageID>%s</s:MessageID >\r\n' "$2" 4294967295
		printf '</wsman:Header>\r\n<wsman:Body xmlns:s="%s" xmlns:_9="%s">' $wsa $wsman
		printf '%s' "$5" | sed "s|@ns|xmlns:a-b.c=\"$3\"|" | prefixed a-b.c: s: _9:
		printf '</wsman:Body>\r\n</wsman:Envelope>\r\n'
		;;
	esac
}

# tell STYLE ACTION CLASS SELECTORS PAYLOAD: posts it to $device as $login with the curl options in
# $how; prints the status, the reply is in ./reply
tell() {
	write_message "$1" "$2" "$amt/$3" "$4" "$5" >message
	# shellcheck disable=SC2086 # $how is a list of words
	curl --silent --max-time 120 --insecure --digest --user "$login" $how --output reply \
		--write-out '%{http_code}' --data-binary @message "https://$device/wsman"
}

# invoke CLASS METHOD MEMBERS: with ReturnValue 0, in $style
invoke() {
	tell "$style" "$amt/$1/$2" "$1" "" "<@:$2_INPUT @ns>$3</@:$2_INPUT>" >status
	test "$(cat status)" = 200 && test "$(element ReturnValue)" = 0 || {
		echo "$1.$2: HTTP $(cat status)" && cat message reply && return 1
	}
}

# returns NUMBER CLASS METHOD MEMBERS: a ReturnValue that is not 0
returns() {
	tell "$style" "$amt/$2/$3" "$2" "" "<@:$3_INPUT @ns>$4</@:$3_INPUT>" >status
	test "$(cat status)" = 200 && test "$(element ReturnValue)" = "$1" || { cat status message reply && return 1; }
}

# faults HTTP SUBCODE ACTION CLASS SELECTORS PAYLOAD
faults() {
	want=$1 sub=$2
	shift 2
	tell "$style" "$@" >status
	test "$(cat status)" = "$want" && grep -q ":$sub<" reply || { cat status message reply && return 1; }
}

# get CLASS [SELECTORS]
get() {
	test "$(tell "$style" $transfer/Get "$1" "$2" "")" = 200 || { cat message reply && return 1; }
}

# element NAME: its first text in ./reply
element() {
	sed -n "s|.*<[a-z]:$1>\([^<]*\)</.*|\1|p" reply | head -n 1
}

# handle: the InstanceID that the reference in ./reply names
handle() {
	sed -n 's|.*Name="InstanceID">\([^<]*\)<.*|\1|p' reply | head -n 1
}

# selector TEXT: the header that names the instance with this InstanceID
selector() {
	printf '<#:SelectorSet><#:Selector Name="InstanceID">%s</#:Selector></#:SelectorSet>' "$1"
}

# reference CLASS KEY TEXT: the inside of an endpoint reference
reference() {
	printf '<%%:Address>%s/role/anonymous</%%:Address><%%:ReferenceParameters><#:ResourceURI>%s/%s</#:ResourceURI>' \
		$wsa $amt "$1"
	printf '<#:SelectorSet><#:Selector Name="%s">%s</#:Selector></#:SelectorSet></%%:ReferenceParameters>' "$2" "$3"
}

# change CLASS SELECTORS SED-SCRIPT: what was got, changed and put back whole
change() {
	get "$1" "$2" &&
		sed -e "s|.*<[a-z]:Body><[a-z]:$1[^>]*>||" -e "s|</[a-z]:$1>.*||" -e 's|<\(/*\)[a-z]:|<\1@:|g' -e "$3" \
			reply >instance &&
		test "$(tell "$style" $transfer/Put "$1" "$2" "<@:$1 @ns>$(cat instance)</@:$1>")" = 200 || {
		cat message reply && return 1
	}
}
