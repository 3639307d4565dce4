package tracker

// Lists gives the rows of every list to tests.
func Lists() (hosts, consent [][]string) {
	return rows(hostList, 6), rows(consentList, 4)
}
