package chart

// widths gives the width of each part of a bar. Where the parts share the row, a
// small one is made wide enough for its label: a single failure among two hundred
// checks must not vanish. The others give way for it.
func widths(c Chart, b Bar) []float64 {
	list := make([]float64, len(b.Values))
	if c.Full > 0 {
		left := float64(Width)
		for i, v := range b.Values {
			list[i] = min(max(v, 0)/c.Full*Width, left)
			left -= list[i] + seam
		}
		return list
	}
	least, fixed := make([]float64, len(list)), make([]bool, len(list))
	room, total := Width+seam, 0.0
	for i, v := range b.Values {
		if v <= 0 {
			fixed[i] = true
			continue
		}
		least[i] = 8
		if i < len(b.Labels) {
			least[i] = max(least[i], length(b.Labels[i])+6)
		}
		room, total = room-seam, total+v
	}
	for range list { // each turn fixes one part at least, or is the last
		again := false
		for i, v := range b.Values {
			if !fixed[i] && v/total*room < least[i] {
				list[i], fixed[i], again = least[i], true, true
				room, total = room-least[i], total-v
				break
			}
		}
		if !again {
			break
		}
	}
	for i, v := range b.Values {
		if !fixed[i] {
			list[i] = v / total * room
		}
	}
	return list
}
