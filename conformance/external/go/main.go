// Runs the flows (flows/README.md) with the AWS SDK for Go v2. usage: flows FLOWS UNIQUE
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

type flowFile struct {
	Flow  string `json:"flow"`
	Steps []step `json:"steps"`
}

func read(folder string) ([]flowFile, error) {
	names, err := filepath.Glob(filepath.Join(folder, "*.json")) // sorted
	if err != nil {
		return nil, err
	}
	var flows []flowFile
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var some []flowFile
		if err := json.Unmarshal(text, &some); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		flows = append(flows, some...)
	}
	return flows, nil
}

func run(folder, unique string) (failed int, err error) {
	flows, err := read(folder)
	if err != nil {
		return 0, err
	}
	clients, err := newClients()
	if err != nil {
		return 0, err
	}
	for number, file := range flows {
		result := map[string]any{"flow": file.Flow, "ok": true}
		one := flow{clients: clients, saved: map[string]any{"unique": fmt.Sprintf("%s-%d", unique, number+1)}}
		if err := one.run(file.Steps); err != nil {
			failed++
			result["ok"], result["reason"] = false, err.Error()
		}
		line, err := json.Marshal(result)
		if err != nil {
			return failed, err
		}
		fmt.Println(string(line))
	}
	return failed, nil
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: flows FLOWS UNIQUE")
		os.Exit(2)
	}
	failed, err := run(os.Args[1], os.Args[2])
	if err != nil {
		fmt.Fprintln(os.Stderr, "flows:", err)
		os.Exit(2)
	}
	if failed > 0 {
		os.Exit(1)
	}
}
