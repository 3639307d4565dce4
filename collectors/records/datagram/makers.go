package datagram

// maker names who holds a private enterprise number of IANA (RFC 9371), of those
// whose devices stand in small offices; "" for the others.
func maker(number uint32) string {
	switch number {
	case 9:
		return "Cisco"
	case 11:
		return "HP"
	case 171:
		return "D-Link"
	case 236:
		return "Samsung"
	case 253:
		return "Xerox"
	case 311:
		return "Microsoft"
	case 318:
		return "APC"
	case 367:
		return "Ricoh"
	case 641:
		return "Lexmark"
	case 674:
		return "Dell"
	case 890:
		return "Zyxel"
	case 1248:
		return "Epson"
	case 1347:
		return "Kyocera"
	case 1602:
		return "Canon"
	case 2011:
		return "Huawei"
	case 2435:
		return "Brother"
	case 2636:
		return "Juniper"
	case 4526:
		return "Netgear"
	case 6574:
		return "Synology"
	case 8072:
		return "Net-SNMP"
	case 10876:
		return "Supermicro"
	case 11863:
		return "TP-Link"
	case 12356:
		return "Fortinet"
	case 14988:
		return "MikroTik"
	case 18334:
		return "Konica Minolta"
	case 24681:
		return "QNAP"
	case 41112:
		return "Ubiquiti"
	}
	return ""
}
