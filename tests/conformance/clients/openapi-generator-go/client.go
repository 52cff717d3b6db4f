// The scenario of tests/conformance/clients, with openapi-generator's client for Go.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"os"
	"sort"

	"diapason"
)

var address, token, count = os.Args[1], os.Args[2], os.Args[3]

// equal ends the program where what is found is not what is expected.
func equal(found, expected interface{}, step string) {
	if fmt.Sprint(found) != fmt.Sprint(expected) {
		fmt.Printf("%s: %v expected, %v found\n", step, expected, found)
		os.Exit(1)
	}
}

// whole is the full shape of the two that an organization has.
func whole(view *diapason.OrganizationView, err error) *diapason.Organization {
	equal(err, nil, "an organization")
	equal(view.Organization != nil, true, "an organization in full")
	return view.Organization
}

// refused is the problem that a call ended in.
func refused(response *http.Response, err error, status int, code diapason.ProblemCode) diapason.Problem {
	var refusal *diapason.GenericOpenAPIError
	equal(errors.As(err, &refusal), true, fmt.Sprintf("a refusal with %d, not %v", status, err))
	problem, typed := refusal.Model().(diapason.Problem)
	equal(typed, true, "a refusal is a problem")
	equal([]interface{}{response.StatusCode, problem.Status, problem.Code}, []interface{}{status, status, code}, "the problem")
	return problem
}

func unique() string {
	bytes := make([]byte, 16)
	_, err := rand.Read(bytes)
	equal(err, nil, "random bytes")
	return fmt.Sprintf("%x", bytes)
}

func pageToTheEnd(ctx context.Context, api *diapason.OrganizationsAPIService) {
	found, ids := 0, map[string]bool{}
	request := api.ListOrganizations(ctx).Limit(50)
	for {
		page, _, err := request.Execute()
		equal(err, nil, "a page")
		for _, view := range page.Items {
			found++
			if view.Organization != nil {
				ids[view.Organization.Id] = true
			} else {
				ids[view.OrganizationSummary.Id] = true
			}
		}
		if page.Next == nil {
			break
		}
		request = request.Cursor(*page.Next)
	}
	equal([]int{found, len(ids)}, "["+count+" "+count+"]", "organizations, page by page")
}

func create(ctx context.Context, api *diapason.OrganizationsAPIService) (*diapason.Organization, string) {
	body := diapason.NewOrganizationInput(diapason.ORGANIZATIONKIND_OPERATOR, "Agence d'essai "+unique())
	body.SetAliases([]string{"Un autre nom"})
	view, response, err := api.CreateOrganization(ctx).OrganizationInput(*body).IdempotencyKey(unique()).Execute()
	made := whole(view, err)
	equal(response.StatusCode, 201, "create")
	equal(made.Name, body.Name, "the name of what was created")
	equal(made.Aliases, body.Aliases, "the other names of what was created")
	return made, response.Header.Get("ETag")
}

func createWrongly(ctx context.Context, api *diapason.OrganizationsAPIService) {
	body := diapason.NewOrganizationInput(diapason.ORGANIZATIONKIND_OPERATOR, "Essai")
	body.SetSiren("123456789")
	body.SetWebsite("ftp://exemple.fr")
	_, response, err := api.CreateOrganization(ctx).OrganizationInput(*body).Execute()
	problem := refused(response, err, 422, diapason.PROBLEMCODE_INVALID)
	var found []string
	for _, wrong := range problem.Errors {
		found = append(found, wrong.Pointer)
	}
	sort.Strings(found)
	equal(found, []string{"/siren", "/website"}, "the values refused")
}

func change(ctx context.Context, api *diapason.OrganizationsAPIService, made *diapason.Organization, etag string) {
	patch := func(shortName *string, seen string) (*diapason.OrganizationView, *http.Response, error) {
		body := diapason.NewOrganizationPatch()
		body.ShortName.Set(shortName)
		return api.UpdateOrganization(ctx, made.Id).IfMatch(seen).OrganizationPatch(*body).Execute()
	}
	act, atc := "ACT", "ATC"
	view, response, err := patch(&act, etag)
	changed := whole(view, err)
	equal(response.StatusCode, 200, "change")
	equal(changed.GetShortName(), act, "what was changed")
	view, _, err = patch(nil, fmt.Sprintf(`"%d"`, changed.Version))
	cleared := whole(view, err)
	equal(cleared.HasShortName(), false, "what was cleared is absent")
	equal(cleared.Version, changed.Version+1, "its version")
	_, response, err = patch(&atc, etag)
	refused(response, err, 412, diapason.PROBLEMCODE_STALE)
}

func main() {
	configuration := diapason.NewConfiguration()
	configuration.Servers = diapason.ServerConfigurations{{URL: address}}
	api := diapason.NewAPIClient(configuration).OrganizationsAPI
	ctx := context.WithValue(context.Background(), diapason.ContextAccessToken, token)
	pageToTheEnd(ctx, api)
	made, etag := create(ctx, api)
	createWrongly(ctx, api)
	change(ctx, api, made, etag)
}
