package office
import ("testing";"os")
func TestZZ(t *testing.T){ for f := range formats { os.WriteFile("/tmp/d3/full."+f, written(t, full(t), f), 0o644)
 h := full(t); h.Title = hostile
 os.WriteFile("/tmp/d3/hostile."+f, written(t, hostileDoc(t), f), 0o644)
 } }
func hostileDoc(t *testing.T) Document { d := full(t); d.Title, d.Footer, d.Author, d.Page = hostile, hostile, hostile, hostile+"{pages}"; d.Body = append(d.Body, Text(hostile), Paragraph{Style: Code, Text: []Run{{Text: hostile, Link: hostile, Bold: true}}}, List{Kind: Ticks, Items: []Item{{Text: Plain(hostile)}}}); return d }
