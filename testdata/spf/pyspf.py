"""Evaluates SPF with pyspf on zones that come as JSON, one case a line.

Each answer is one line of JSON: the result, and what pyspf says about it. No
question leaves: the look-up of pyspf is replaced with the zone of the case.
"""
import json
import sys

import spf

zone = {}


def look_up(name, qtype, tcpfallback=True, timeout=30):
    answers = zone.get(name.lower() + " " + qtype, [])
    if answers == "FAILS":
        raise spf.TempError("DNS timeout")
    found = []
    for place, data in enumerate(answers):
        if qtype == "TXT":
            data = [data.encode("utf-8")]
        elif qtype == "MX":
            data = (place, data)
        found.append(((name, qtype), data))
    return found


spf.DNSLookup = look_up
for line in sys.stdin:
    case = json.loads(line)
    zone = case["zone"]
    query = spf.query(i=case["ip"], s=case["from"], h=case["helo"], querytime=0)
    try:
        result, _, said = query.check()
    except Exception as broken:  # a crash is an answer too, and is told apart
        result, said = "crash", type(broken).__name__ + ": " + str(broken)
    print(json.dumps({"result": result, "said": said}), flush=True)
