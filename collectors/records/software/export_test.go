package software

// Rows gives the table to tests.
func Rows() [][]string { return rows() }
