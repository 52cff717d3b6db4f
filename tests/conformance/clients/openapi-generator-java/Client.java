// The scenario of tests/conformance/clients, with openapi-generator's client for Java.

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.ApiResponse;
import org.openapitools.client.api.OrganizationsApi;
import org.openapitools.client.model.FieldProblem;
import org.openapitools.client.model.Organization;
import org.openapitools.client.model.OrganizationInput;
import org.openapitools.client.model.OrganizationKind;
import org.openapitools.client.model.OrganizationPatch;
import org.openapitools.client.model.OrganizationSummary;
import org.openapitools.client.model.OrganizationView;
import org.openapitools.client.model.OrganizationViewPage;
import org.openapitools.client.model.Problem;
import org.openapitools.client.model.ProblemCode;

public class Client {
    interface Call {
        void now() throws ApiException;
    }

    static OrganizationsApi api;
    static ApiClient client;

    /** Ends the program where what is found is not what is expected. */
    static void equal(Object found, Object expected, String step) {
        if (!expected.equals(found)) {
            throw new AssertionError(step + ": " + expected + " expected, " + found + " found");
        }
    }

    /** The full shape of the two that an organization has. */
    static Organization whole(OrganizationView view) {
        equal(view.getActualInstance() instanceof Organization, true, "an organization in full");
        return view.getOrganization();
    }

    /** The problem that a call ends in. */
    static Problem refused(Call call, int status, ProblemCode code) throws Exception {
        try {
            call.now();
        } catch (ApiException refusal) {
            equal(refusal.getCode(), status, "the status of a refusal");
            Problem problem = client.getObjectMapper().readValue(refusal.getResponseBody(), Problem.class);
            equal(List.of(problem.getStatus(), problem.getCode()), List.of(status, code), "the problem");
            return problem;
        }
        throw new AssertionError(status + " expected, and nothing was refused");
    }

    static String etagOf(ApiResponse<OrganizationView> response) {
        return response.getHeaders().get("etag").get(0);
    }

    static void pageToTheEnd(int count) throws Exception {
        List<UUID> ids = new ArrayList<>();
        String cursor = null;
        do {
            OrganizationViewPage page =
                    api.listOrganizations(null, null, null, null, null, null, null, null, null, null, null, null, null, 50, cursor);
            for (OrganizationView item : page.getItems()) {
                ids.add(item.getActualInstance() instanceof Organization
                        ? item.getOrganization().getId()
                        : ((OrganizationSummary) item.getActualInstance()).getId());
            }
            cursor = page.getNext();
        } while (cursor != null);
        equal(List.of(ids.size(), new HashSet<>(ids).size()), List.of(count, count), "organizations, page by page");
    }

    static ApiResponse<OrganizationView> create() throws Exception {
        String name = "Agence d'essai " + UUID.randomUUID();
        OrganizationInput body =
                new OrganizationInput().kind(OrganizationKind.OPERATOR).name(name).aliases(List.of("Un autre nom"));
        ApiResponse<OrganizationView> made = api.createOrganizationWithHttpInfo(body, UUID.randomUUID().toString());
        equal(made.getStatusCode(), 201, "create");
        equal(whole(made.getData()).getName(), name, "the name of what was created");
        equal(whole(made.getData()).getAliases(), List.of("Un autre nom"), "its other names");
        return made;
    }

    static void createWrongly() throws Exception {
        OrganizationInput body = new OrganizationInput().kind(OrganizationKind.OPERATOR).name("Essai")
                .siren("123456789").website(java.net.URI.create("ftp://exemple.fr"));
        Problem problem = refused(() -> api.createOrganization(body, null), 422, ProblemCode.INVALID);
        List<String> found =
                problem.getErrors().stream().map(FieldProblem::getPointer).sorted().collect(Collectors.toList());
        equal(found, List.of("/siren", "/website"), "the values refused");
    }

    static ApiResponse<OrganizationView> patch(UUID id, String name, String seen) throws ApiException {
        return api.updateOrganizationWithHttpInfo(id, seen, new OrganizationPatch().shortName(name));
    }

    static void change(ApiResponse<OrganizationView> made) throws Exception {
        UUID id = whole(made.getData()).getId();
        ApiResponse<OrganizationView> first = patch(id, "ACT", etagOf(made));
        Organization changed = whole(first.getData());
        equal(List.of(first.getStatusCode(), changed.getShortName()), List.of(200, "ACT"), "change");
        Organization again = whole(patch(id, "AC", "\"" + changed.getVersion() + "\"").getData());
        equal(List.of(again.getShortName(), again.getVersion()), List.of("AC", changed.getVersion() + 1), "change again");
        refused(() -> patch(id, "ATC", etagOf(made)), 412, ProblemCode.STALE);
    }

    public static void main(String[] said) throws Exception {
        client = new ApiClient();
        client.updateBaseUri(said[0]);
        client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + said[1]));
        api = new OrganizationsApi(client);
        pageToTheEnd(Integer.parseInt(said[2]));
        ApiResponse<OrganizationView> made = create();
        createWrongly();
        change(made);
    }
}
