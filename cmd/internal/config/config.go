// Package config fills in what the command line left open: from the
// environment (CAMPANILE_*) and from one file, campanile.yaml. It is strict: a
// name that no flag has, or a value that the flag refuses, ends the program.
package config

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"github.com/spf13/viper"

	"campanile/cmd/internal/exit"
)

// DefaultFile is read when it is there and no other file is named.
const DefaultFile = "campanile.yaml"

// Apply sets every flag that the command line did not set, from the environment
// first and then from the file. The keys allowed in the file are the names in
// allowed: a file serves several commands, each with its own flags.
func Apply(flags *pflag.FlagSet, path string, allowed []string) error {
	file, err := read(path)
	if err != nil {
		return err
	}
	if err := known(file, allowed); err != nil {
		return err
	}
	file.SetEnvPrefix("campanile")
	file.SetEnvKeyReplacer(strings.NewReplacer("-", "_"))
	file.AutomaticEnv()
	var problem error
	flags.VisitAll(func(flag *pflag.Flag) {
		if problem != nil || flag.Changed || !slices.Contains(allowed, flag.Name) || !file.IsSet(flag.Name) {
			return
		}
		if err := flags.Set(flag.Name, value(file, flag.Name)); err != nil {
			problem = exit.Usagef("%s: %s", origin(file, flag.Name), strings.TrimPrefix(Refused(err).Error(), "--"))
		}
	})
	return problem
}

func read(path string) (*viper.Viper, error) {
	file := viper.New()
	if path == "" {
		path = DefaultFile
		if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
			return file, nil
		}
	}
	file.SetConfigFile(path)
	file.SetConfigType("yaml")
	if err := file.ReadInConfig(); err != nil {
		if broken, ok := errors.AsType[viper.ConfigParseError](err); ok {
			return nil, exit.Usagef("%s: not readable as YAML: %s", path, firstLine(broken.Unwrap().Error()))
		}
		return nil, exit.Usagef("the configuration cannot be read: %w", err)
	}
	return file, nil
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimPrefix(text, "yaml: "), "\n")
	return line
}

// known refuses keys that no command has, with the nearest name as a hint.
func known(file *viper.Viper, allowed []string) error {
	keys := file.AllKeys()
	slices.Sort(keys)
	for _, key := range keys {
		if !slices.Contains(allowed, key) {
			return exit.Usagef("%s: %q is not a setting%s", file.ConfigFileUsed(), key, hint(key, allowed))
		}
	}
	return nil
}

func hint(key string, allowed []string) string {
	for _, name := range allowed {
		if Near(key, name) {
			return fmt.Sprintf("; did you mean %q?", name)
		}
	}
	return "; the settings are: " + strings.Join(allowed, ", ")
}

// Near reports whether two names are so alike that one was meant for the other.
func Near(a, b string) bool { return distance(a, b) <= 2 }

// distance is the number of letters to change, add or leave out.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// value is the text of a setting; a list becomes the comma-separated form of
// the flag.
func value(file *viper.Viper, name string) string {
	if _, isList := file.Get(name).([]any); isList {
		return strings.Join(file.GetStringSlice(name), ",")
	}
	return file.GetString(name)
}

func origin(file *viper.Viper, name string) string {
	variable := "CAMPANILE_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
	if os.Getenv(variable) != "" { // an empty one says nothing
		return variable
	}
	return file.ConfigFileUsed()
}

// Refused says in plain words what a flag refuses; other errors stay as they
// are.
func Refused(err error) error {
	var invalid *pflag.InvalidValueError
	if !errors.As(err, &invalid) {
		return err
	}
	flag, text := invalid.GetFlag(), invalid.GetValue()
	switch flag.Value.Type() {
	case "duration":
		return fmt.Errorf("--%s: %q is not a duration such as 30s or 2m", flag.Name, text)
	case "int":
		return fmt.Errorf("--%s: %q is not a whole number", flag.Name, text)
	case "bool":
		return fmt.Errorf("--%s: %q is neither true nor false", flag.Name, text)
	}
	return fmt.Errorf("--%s: %w", flag.Name, invalid.Unwrap())
}
