"""The scenario of tests/conformance/clients, with openapi-generator's client for Python."""

import sys
from uuid import uuid4

from diapason_client import ApiClient, Configuration, OrganizationsApi
from diapason_client.exceptions import ApiException
from diapason_client.models import Organization, OrganizationInput, OrganizationKind, OrganizationPatch, Problem

ADDRESS, TOKEN, COUNT = sys.argv[1:]


def equal(found, expected, step):
    """Ends the program where what is found is not what is expected."""
    if found != expected:
        sys.exit(f"{step}: {expected!r} expected, {found!r} found")


def whole(view):
    """The full shape of the two that an organization has."""
    equal(type(view.actual_instance), Organization, "an organization in full")
    return view.actual_instance


def refused(call, status, code):
    """The problem that a call ends in."""
    try:
        call()
    except ApiException as refusal:
        equal(refusal.status, status, "the status of a refusal")
        equal(type(refusal.data), Problem, "a refusal is a problem")
        equal((refusal.data.status, refusal.data.code.value), (status, code), "the problem")
        return refusal.data
    sys.exit(f"{status} expected, and nothing was refused")


def page_to_the_end(api):
    ids, cursor = [], None
    while True:
        page = api.list_organizations(limit=50, cursor=cursor)
        ids += [view.actual_instance.id for view in page.items]
        cursor = page.next
        if cursor is None:
            break
    equal((len(ids), len(set(ids))), (int(COUNT), int(COUNT)), "organizations, page by page")


def create(api):
    new = OrganizationInput(kind=OrganizationKind.OPERATOR, name=f"Agence d'essai {uuid4()}", aliases=["Un autre nom"])
    made = api.create_organization_with_http_info(new, idempotency_key=str(uuid4()))
    equal(made.status_code, 201, "create")
    equal((whole(made.data).name, whole(made.data).aliases), (new.name, ["Un autre nom"]), "what was created")
    return whole(made.data), made.headers["etag"]


def create_wrongly(api):
    wrong = OrganizationInput(kind=OrganizationKind.OPERATOR, name="Essai", siren="123456789", website="ftp://exemple.fr")
    problem = refused(lambda: api.create_organization(wrong), 422, "invalid")
    equal(sorted(error.pointer for error in problem.errors), ["/siren", "/website"], "the values refused")


def change(api, made, etag):
    def patch(short_name, if_match):
        return api.update_organization_with_http_info(made.id, if_match, OrganizationPatch(short_name=short_name))

    first = patch("ACT", etag)
    equal((first.status_code, whole(first.data).short_name), (200, "ACT"), "change")
    version = whole(first.data).version
    cleared = whole(patch(None, f'"{version}"').data)
    equal((cleared.short_name, cleared.version), (None, version + 1), "clear")
    refused(lambda: patch("ATC", etag), 412, "stale")


def main():
    api = OrganizationsApi(ApiClient(Configuration(host=ADDRESS, access_token=TOKEN)))
    page_to_the_end(api)
    made, etag = create(api)
    create_wrongly(api)
    change(api, made, etag)


main()
