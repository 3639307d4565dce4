//go:build !linux

package main

// limitMemory relies on GOMEMLIMIT alone here.
func limitMemory(string) {}
