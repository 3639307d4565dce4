package checks

// All is every check, in the order of the catalogue. A new check is one line.
var All = []Check{}
