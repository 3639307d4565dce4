package report

import (
	"regexp"
	"strings"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

// wrap breaks text into lines of at most width columns: at spaces where there
// are any, inside a word only when the word alone is too long.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.SplitSeq(text, " ") {
		switch {
		case word == "":
			continue
		case line == "":
			line = word
		case twwidth.Width(line)+1+twwidth.Width(word) <= width:
			line += " " + word
		default:
			lines, line = append(lines, line), word
		}
		for twwidth.Width(line) > width {
			at := cut(line, width)
			lines, line = append(lines, line[:at]), line[at:]
		}
	}
	if line != "" || lines == nil {
		lines = append(lines, line)
	}
	return lines
}

// cut finds where to break a word that is too long: after a dot, slash or the
// like in the second half of what fits, or else at the edge.
func cut(word string, width int) int {
	edge, after, columns := 0, 0, 0
	for i, r := range word {
		if columns += twwidth.Width(string(r)); columns > width {
			break
		}
		edge = i + len(string(r))
		if strings.ContainsRune("./-@:_,", r) && columns > width/2 {
			after = edge
		}
	}
	switch {
	case after > 0:
		return after
	case edge > 0:
		return edge
	}
	return len(string([]rune(word)[:1])) // one character is wider than the column
}

// wrapCommand breaks a command so that it still works when it is pasted: a
// line that goes on ends in a backslash, and a broken word goes on at the
// edge. An option keeps its value beside it.
func wrapCommand(command string, indent, width int) []string {
	margin := strings.Repeat(" ", indent)
	command = optionValue.ReplaceAllString(command, "$1"+string(noBreak))
	lines := wrap(command, width-indent-2)
	for i, line := range lines {
		rest := command[len(line):]
		command = strings.TrimPrefix(rest, " ")
		lines[i] = margin + strings.ReplaceAll(line, string(noBreak), " ")
		switch rest {
		case "":
		case command:
			lines[i], margin = lines[i]+"\\", ""
		default:
			lines[i], margin = lines[i]+" \\", strings.Repeat(" ", indent)
		}
	}
	return lines
}

var optionValue = regexp.MustCompile(`(--[a-z-]+) `)
