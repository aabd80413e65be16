// The interpreter of one flow over plain values: maps, lists, texts, numbers as in JSON.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

const (
	timeMax = 30 * time.Second
	pause   = 100 * time.Millisecond
)

var (
	variable = regexp.MustCompile(`\$\{([^}]*)\}`)
	pathPart = regexp.MustCompile(`(?:\$\{[^}]*\}|[^.])+`)
)

type step struct {
	Service string         `json:"service"`
	Call    string         `json:"call"`
	Admin   string         `json:"admin"`
	Input   map[string]any `json:"input"`
	Pages   int            `json:"pages"`
	As      any            `json:"as"` // a saved answer, or keys
	Refused string         `json:"refused"`
	Until   bool           `json:"until"`
	Expect  map[string]any `json:"expect"`
	Save    string         `json:"save"`
}

// object holds the members of one of the SDK's structs, by their names in Go.
type object map[string]any

type flow struct {
	clients *clients
	saved   map[string]any
}

func asText(value any) string {
	if text, is := value.(string); is {
		return text
	}
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(text)
}

func exported(name string) string {
	return strings.ToUpper(name[:1]) + name[1:]
}

func pick(value any, name string) any {
	list, isList := value.([]any)
	if name == "length" {
		return float64(len(list))
	}
	switch value := value.(type) {
	case object:
		return value[exported(name)]
	case map[string]any:
		return value[name]
	}
	if !isList {
		return nil
	}
	if index, err := strconv.Atoi(name); err == nil {
		if index < len(list) {
			return list[index]
		}
		return nil
	}
	member, wanted, _ := strings.Cut(name, "=")
	for _, item := range list {
		if asText(pick(item, member)) == wanted {
			return item
		}
	}
	return nil
}

// find splits the path first, so that values with dots may stand in it.
func (f *flow) find(value any, path string) any {
	for _, part := range pathPart.FindAllString(path, -1) {
		value = pick(value, f.expandText(part))
	}
	return value
}

func (f *flow) expandText(text string) string {
	return variable.ReplaceAllStringFunc(text, func(found string) string {
		return asText(f.find(f.saved, found[2:len(found)-1]))
	})
}

func (f *flow) expand(value any) any {
	switch value := value.(type) {
	case string:
		return f.expandText(value)
	case []any:
		list := make([]any, len(value))
		for i, item := range value {
			list[i] = f.expand(item)
		}
		return list
	case map[string]any:
		members := map[string]any{}
		for name, item := range value {
			members[name] = f.expand(item)
		}
		return members
	}
	return value
}

func (f *flow) check(answer any, expected map[string]any) error {
	for path, unexpanded := range expected {
		got, wanted := f.find(answer, path), f.expand(unexpanded)
		holds := (wanted == "*" && got != nil) || (wanted == "absent" && got == nil)
		if !holds && asText(got) != asText(wanted) {
			return fmt.Errorf("%s is %s instead of %s", path, asText(got), asText(wanted))
		}
	}
	return nil
}

// signers gives clients that sign as a step wants: with the keys of the environment, or of an answer of STS.
func (f *flow) signers(s step) (clients, error) {
	keys := f.expand(s.As)
	if saved, is := keys.(string); is {
		keys = pick(f.saved[saved], "Credentials")
	}
	if keys == nil {
		return *f.clients, nil
	}
	var texts [3]string
	for i, name := range []string{"AccessKeyId", "SecretAccessKey", "SessionToken"} {
		texts[i], _ = pick(keys, name).(string)
	}
	made, err := newClients(config.WithCredentialsProvider(
		credentials.NewStaticCredentialsProvider(texts[0], texts[1], texts[2])))
	if err != nil {
		return nil, err
	}
	return *made, nil
}

func (f *flow) once(s step) error {
	var answer any
	var refused string
	var err error
	input, _ := f.expand(s.Input).(map[string]any)
	if s.Admin != "" {
		answer, err = admin(s.Admin, input)
	} else {
		var signers clients
		if signers, err = f.signers(s); err == nil {
			answer, refused, err = signers.call(s, input)
		}
	}
	if err != nil {
		return err
	}
	if refused != s.Refused {
		return fmt.Errorf("refused with %q: %s", refused, asText(answer))
	}
	if s.Save != "" {
		f.saved[s.Save] = answer
	}
	return f.check(answer, s.Expect)
}

func (f *flow) run(steps []step) error {
	for number, s := range steps {
		end := time.Now().Add(timeMax)
		for {
			err := f.once(s)
			if err == nil {
				break
			}
			if !s.Until || time.Now().After(end) {
				return fmt.Errorf("step %d, %s%s: %w", number+1, s.Call, s.Admin, err)
			}
			time.Sleep(pause)
		}
	}
	return nil
}

func admin(request string, input map[string]any) (any, error) {
	method, path, _ := strings.Cut(request, " ")
	body, err := json.Marshal(input)
	if err != nil {
		return nil, err
	}
	asked, err := http.NewRequest(method, os.Getenv("AWS_ENDPOINT_URL")+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	asked.Header.Set("Content-Type", "application/json")
	answered, err := http.DefaultClient.Do(asked)
	if err != nil {
		return nil, err
	}
	defer answered.Body.Close()
	text, err := io.ReadAll(answered.Body)
	if err != nil {
		return nil, err
	}
	if answered.StatusCode/100 != 2 {
		return nil, fmt.Errorf("%s: %s %s", request, answered.Status, text)
	}
	var answer map[string]any
	return answer, json.Unmarshal(text, &answer)
}
