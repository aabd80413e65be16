// The SDK's typed calls by name, over reflection: inputs from plain values, outputs and exceptions to them.
package main

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/vpclattice"
	"github.com/aws/aws-sdk-go-v2/service/vpclattice/types"
)

// What reflection cannot find by name in Go: types of unions and exceptions, and functions.
var (
	unions = named(
		types.HeaderMatchTypeMemberContains{}, types.HeaderMatchTypeMemberExact{}, types.HeaderMatchTypeMemberPrefix{},
		types.MatcherMemberHttpCode{}, types.PathMatchTypeMemberExact{}, types.PathMatchTypeMemberPrefix{},
		types.ResourceConfigurationDefinitionMemberArnResource{},
		types.ResourceConfigurationDefinitionMemberDnsResource{},
		types.ResourceConfigurationDefinitionMemberIpResource{},
		types.RuleActionMemberFixedResponse{}, types.RuleActionMemberForward{}, types.RuleMatchMemberHttpMatch{},
	)
	exceptions = named(
		types.AccessDeniedException{}, types.ConflictException{}, types.InternalServerException{},
		types.ResourceNotFoundException{}, types.ServiceQuotaExceededException{}, types.ThrottlingException{},
		types.ValidationException{},
	)
	paginators = map[string]any{
		"ListAccessLogSubscriptions":                vpclattice.NewListAccessLogSubscriptionsPaginator,
		"ListDomainVerifications":                   vpclattice.NewListDomainVerificationsPaginator,
		"ListListeners":                             vpclattice.NewListListenersPaginator,
		"ListResourceConfigurations":                vpclattice.NewListResourceConfigurationsPaginator,
		"ListResourceEndpointAssociations":          vpclattice.NewListResourceEndpointAssociationsPaginator,
		"ListResourceGateways":                      vpclattice.NewListResourceGatewaysPaginator,
		"ListRules":                                 vpclattice.NewListRulesPaginator,
		"ListServiceNetworkResourceAssociations":    vpclattice.NewListServiceNetworkResourceAssociationsPaginator,
		"ListServiceNetworkServiceAssociations":     vpclattice.NewListServiceNetworkServiceAssociationsPaginator,
		"ListServiceNetworkVpcAssociations":         vpclattice.NewListServiceNetworkVpcAssociationsPaginator,
		"ListServiceNetworkVpcEndpointAssociations": vpclattice.NewListServiceNetworkVpcEndpointAssociationsPaginator,
		"ListServiceNetworks":                       vpclattice.NewListServiceNetworksPaginator,
		"ListServices":                              vpclattice.NewListServicesPaginator,
		"ListTargetGroups":                          vpclattice.NewListTargetGroupsPaginator,
		"ListTargets":                               vpclattice.NewListTargetsPaginator,
	}
)

func named(values ...any) map[string]reflect.Type {
	found := map[string]reflect.Type{}
	for _, value := range values {
		found[reflect.TypeOf(value).Name()] = reflect.TypeOf(value)
	}
	return found
}

type clients map[string]any

func newClients(options ...func(*config.LoadOptions) error) (*clients, error) {
	options = append(options, config.WithRetryMaxAttempts(1))
	settings, err := config.LoadDefaultConfig(context.Background(), options...)
	if err != nil {
		return nil, err
	}
	return &clients{
		"":        vpclattice.NewFromConfig(settings),
		"sts":     sts.NewFromConfig(settings),
		"tagging": resourcegroupstaggingapi.NewFromConfig(settings),
	}, nil
}

// call gives the output, or the members of an exception and its class.
func (c clients) call(s step, input map[string]any) (answer any, refused string, err error) {
	method := reflect.ValueOf(c[s.Service]).MethodByName(s.Call)
	if !method.IsValid() {
		return nil, "", fmt.Errorf("the SDK has no operation %s", s.Call)
	}
	if s.Pages > 0 {
		input["maxResults"] = float64(s.Pages)
	}
	given := reflect.New(method.Type().In(1).Elem())
	if err := decode(given.Elem(), input); err != nil {
		return nil, "", err
	}
	if s.Pages > 0 {
		answer, err = c.pages(s, given)
	} else {
		answer, err = results(method.Call([]reflect.Value{reflect.ValueOf(context.Background()), given}))
	}
	return exception(answer, err)
}

func (c clients) pages(s step, given reflect.Value) (any, error) {
	made := reflect.ValueOf(paginators[s.Call]).Call([]reflect.Value{reflect.ValueOf(c[s.Service]), given})[0]
	all := []any{}
	for made.MethodByName("HasMorePages").Call(nil)[0].Bool() {
		page, err := results(made.MethodByName("NextPage").Call([]reflect.Value{reflect.ValueOf(context.Background())}))
		if err != nil {
			return nil, err
		}
		items, _ := pick(page, "items").([]any)
		all = append(all, items...)
	}
	return object{"Items": all}, nil
}

func results(values []reflect.Value) (any, error) {
	if err, failed := values[1].Interface().(error); failed {
		return nil, err
	}
	return encode(values[0]), nil
}

func exception(answer any, err error) (any, string, error) {
	for name, class := range exceptions {
		target := reflect.New(reflect.PointerTo(class))
		if err != nil && errors.As(err, target.Interface()) {
			return encode(target.Elem()), name, nil
		}
	}
	var told interface { // errors of the front door have no class
		error
		ErrorCode() string
	}
	if errors.As(err, &told) {
		return map[string]any{"message": told.Error()}, told.ErrorCode(), nil
	}
	return answer, "", err
}

func decode(into reflect.Value, value any) error {
	mismatch := fmt.Errorf("%s does not take %s", into.Type(), asText(value))
	switch into.Kind() {
	case reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		return decode(into.Elem(), value)
	case reflect.Struct:
		return decodeStruct(into, value)
	case reflect.Interface:
		return decodeUnion(into, value)
	case reflect.Slice:
		list, is := value.([]any)
		if !is {
			return mismatch
		}
		into.Set(reflect.MakeSlice(into.Type(), len(list), len(list)))
		for i, item := range list {
			if err := decode(into.Index(i), item); err != nil {
				return err
			}
		}
		return nil
	case reflect.Map:
		into.Set(reflect.MakeMap(into.Type()))
		for name, item := range value.(map[string]any) {
			into.SetMapIndex(reflect.ValueOf(name), reflect.ValueOf(item))
		}
		return nil
	}
	switch value := value.(type) {
	case string:
		into.SetString(value)
	case bool:
		into.SetBool(value)
	case float64:
		into.SetInt(int64(value))
	default:
		return mismatch
	}
	return nil
}

func decodeStruct(into reflect.Value, value any) error {
	members, is := value.(map[string]any)
	if !is {
		return fmt.Errorf("%s does not take %s", into.Type(), asText(value))
	}
	for name, item := range members {
		field := into.FieldByName(exported(name))
		if !field.IsValid() {
			return fmt.Errorf("%s has no member %s", into.Type(), name)
		}
		if err := decode(field, item); err != nil {
			return err
		}
	}
	return nil
}

func decodeUnion(into reflect.Value, value any) error {
	members, _ := value.(map[string]any)
	for name, item := range members {
		class, is := unions[into.Type().Name()+"Member"+exported(name)]
		if !is {
			return fmt.Errorf("%s has no member %s", into.Type(), name)
		}
		made := reflect.New(class)
		if err := decode(made.Elem().FieldByName("Value"), item); err != nil {
			return err
		}
		into.Set(made)
	}
	return nil
}

func encode(value reflect.Value) any {
	switch value.Kind() {
	case reflect.Pointer, reflect.Interface:
		if value.IsNil() {
			return nil
		}
		return encode(value.Elem())
	case reflect.Struct:
		return encodeStruct(value)
	case reflect.Slice:
		list := make([]any, value.Len())
		for i := range list {
			list[i] = encode(value.Index(i))
		}
		return list
	case reflect.Map:
		members := map[string]any{}
		for _, name := range value.MapKeys() {
			members[name.String()] = encode(value.MapIndex(name))
		}
		return members
	case reflect.String:
		if value.Type() != reflect.TypeOf("") && value.Len() == 0 {
			return nil // enums are texts without a pointer: empty is absent
		}
		return value.String()
	case reflect.Int32, reflect.Int64:
		return float64(value.Int())
	case reflect.Bool:
		return value.Bool()
	}
	return nil
}

func encodeStruct(value reflect.Value) any {
	if moment, is := value.Interface().(time.Time); is {
		return moment.Format(time.RFC3339Nano)
	}
	if _, is := unions[value.Type().Name()]; is {
		_, member, _ := strings.Cut(value.Type().Name(), "Member")
		return object{member: encode(value.FieldByName("Value"))}
	}
	members := object{}
	for i := range value.NumField() {
		if value.Type().Field(i).IsExported() {
			members[value.Type().Field(i).Name] = encode(value.Field(i))
		}
	}
	return members
}
