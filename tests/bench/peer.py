"""What tests/bench/run --peer needs of the peer (tests/bench/peer): it is started, its answers and ours are looked at, it is asked
as ours is, and both are printed in one table."""
import http.client, json, os, shutil, socket, statistics, subprocess, sys, time, urllib.error, urllib.request

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peer")
TOKEN = "bench-token"
WORKS = ("W1", "W2whole", "W2", "W2key", "W4", "W5")
LIST = "/networks/829a1933-c575-3850-e525-0b0b03298844/members?kind=collectivite&limit=50"
# W2 alone is asked of ours alone: the peer has no list of memberships without their members.
REQUESTS = {
    "W1": '''local file = io.open("%(ids)s")
local ids = file:read("*a")
file:close()
function request() local at = 37 * math.random(0, 99999); return wrk.format("GET", "/members/" .. ids:sub(at + 1, at + 36)) end''',
    "W2whole": f'function request() return wrk.format("GET", "{LIST}") end',
    "W2key": f'function request() return wrk.format("GET", "{LIST}&after=%(after)s") end',
    "W4": '''local places = { %(places)s }
function request() n = n + 1
  wrk.headers["Content-Type"] = "application/json"
  local mail = string.format("b%%d-%%d-%%d@banc.example", seed0, math.random(1, 1000000000), n)
  return wrk.format("POST", "/members/audited", nil, '{"organization_id":"' .. places[math.random(1, #places)] .. '","given_name":"Zoé","family_name":"Banc","email":"' .. mail .. '","job_title":"Analyste","phone":"+33612345678","tags":["bench"]}') end''',
    "W5": 'function request() return wrk.format("GET", "/coverage") end',
}


def start(folder, database):
    """The peer on the PostgreSQL whose socket is in the folder: its process, whose children are its workers, and its address."""
    for program in ("node", "npm"):
        if not shutil.which(program):
            sys.exit(f"{program} is missing: apt install nodejs npm")
    if not os.path.isdir(f"{FOLDER}/node_modules"):
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=FOLDER, check=True, stdout=sys.stderr)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {**os.environ, "NODE_ENV": "production", "PGHOST": folder, "PGPORT": "5432", "PGUSER": "postgres", "PGDATABASE": database, "PORT": str(port)}
    process = subprocess.Popen(["node", "server.js"], cwd=FOLDER, env=env, stdout=sys.stderr)
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return process, f"http://127.0.0.1:{port}"
        except OSError:
            time.sleep(0.1)
    process.terminate()
    sys.exit("the peer does not answer")


def answer(who, work, base, token, path, body=None):
    """What one request is answered, which must be 200, or 201 for a POST."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {token}", **({"Content-Type": "application/json"} if body else {})}
    try:
        with urllib.request.urlopen(urllib.request.Request(base + path, data=data, headers=headers)) as found:
            status, text = found.status, found.read()
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read()
    if status != (201 if body else 200):
        sys.exit(f"{who}, {work}: {path} is answered {status}: {text[:500]!r}")
    return json.loads(text)


def expect(who, work, found, expected):
    if found != expected:
        sys.exit(f"{who}, {work}: the answer has {found} where {expected} were expected")


def check(base, member, place):
    """The first answer of the peer to each work; gives back where its deep page begins (row 10,000)."""
    ask = lambda work, path, body=None: answer("peer", work, base, TOKEN, path, body)
    whole = lambda page: len([row for row in page["results"] if row["email"] and row["organization"]["name"]])
    found = ask("W1", f"/members/{member}")
    expect("peer", "W1", (found["id"], bool(found["organization"]["name"])), (member, True))
    expect("peer", "W2whole", whole(ask("W2whole", LIST)), 50)
    after = ask("W2key", f"{LIST}&offset=9950")["next"]
    expect("peer", "W2key", whole(ask("W2key", f"{LIST}&after={after}")), 50)
    new = {"organization_id": place, "given_name": "Zoé", "family_name": "Banc", "email": "first@banc.example", "job_title": "Analyste", "phone": "+33612345678", "tags": ["bench"]}
    expect("peer", "W4", ask("W4", "/members/audited", new)["email"], new["email"])
    found = ask("W5", "/coverage")
    expect("peer", "W5", (len(found["organizations"]), {len(row["cells"]) for row in found["organizations"]}), (300, {13}))
    return after


def check_ours(base, token, deep, held, member, place):
    """The first answer of ours to the same works; the deep page has as many as are held."""
    ask = lambda work, path, body=None: answer("ours", work, base, token, path, body)
    placed = lambda member: bool(member["email"] and member["affiliations"][0]["organization"]["name"])
    found = ask("W1", f"/api/v1/members/{member}")
    expect("ours", "W1", (found["id"], placed(found)), (member, True))
    thin = "/api/v1/networks/edito/memberships?organization_kind=operator&limit=50"
    expect("ours", "W2", len(ask("W2", thin)["items"]), 50)
    for work, path, number in (("W2whole", f"{thin}&include=member", 50), ("W2key", deep, held)):
        found = ask(work, path)
        holders = {row["member"]["id"] for row in found["items"]}
        expect("ours", work, (len(found["items"]), len(found["members"])), (number, len(holders)))
        expect("ours", work, {row["id"] for row in found["members"] if placed(row)}, holders)
    new = {"given_name": "Zoé", "usual_name": "Banc", "email": "first@banc.example", "phones": ["+33612345678"], "affiliation": {"organization_id": place, "position": "Analyste"}}
    expect("ours", "W4", ask("W4", "/api/v1/members", new)["email"], new["email"])
    found = ask("W5", "/api/v1/tracking/matrix")
    organizations = sum(len(row["organizations"]) for row in found["rows"])
    expect("ours", "W5", (len(found["columns"]), {len(row["cells"]) for row in found["rows"]}, organizations), (13, {13}, 300))


def bulk(base, turn, places, number):
    """Seconds of the creation of as many members by arrays of 1,000, one after the other; the arrays are written before."""
    row = lambda n: {"organization_id": places[n % len(places)], "given_name": "Zoé", "family_name": f"Importée{n % 997}", "email": f"import-{turn}-{n}@banc.example", "phone": "+33140000001", "job_title": "Analyste"}
    arrays = [json.dumps([row(n) for n in range(first, first + 1000)]) for first in range(0, number, 1000)]
    peer = http.client.HTTPConnection(base.removeprefix("http://"))
    began, created = time.time(), 0
    for array in arrays:
        peer.request("POST", "/members/bulk", array, {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"})
        found = peer.getresponse()
        text = found.read()
        if found.status != 201:
            sys.exit(f"peer, import: {found.status}: {text[:500]!r}")
        created += json.loads(text)["created"]
    spent = time.time() - began
    expect("peer", "import", created, number)
    return spent


def table(results):
    """One line for each work, of its rounds of the floor, ours and the peer."""
    print("| work | floor µs | peer req/s | peer p99 ms | peer µs (node / PG / wrk) | ours req/s | ours p50 ms | ours p99 ms | ours µs (server / PG / wrk) | peer ÷ ours, µs |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    middle = lambda rows, key: statistics.median(row[key] for row in rows)
    spent = lambda rows: f"{middle(rows, 'us'):,.0f} ({middle(rows, 'app'):,.0f} / {middle(rows, 'pg'):,.0f} / {middle(rows, 'client'):,.0f})"
    for work, (floor, ours, peer) in results.items():
        theirs = f"{middle(peer, 'rps'):,.0f} | {middle(peer, 'p99'):.1f} | {spent(peer)}" if peer else "– | – | –"
        ratio = f"{statistics.median(one['us'] / max(other['us'], 0.001) for one, other in zip(peer, ours)):,.2f}" if peer else "–"
        print(f"| {work} | {middle(floor, 'us'):,.0f} | {theirs} | {middle(ours, 'rps'):,.0f} | {middle(ours, 'p50'):.1f} | {middle(ours, 'p99'):.1f} | {spent(ours)} | {ratio} |")
    for work, (_, *both) in results.items():
        for who, rows in zip(("ours", "peer"), both):
            bad, broken = sum(row["bad"] for row in rows), sum(row["broken"] for row in rows)
            if bad or broken:
                print(f"\n{work}, {who}: {bad:.0f} answers were not 2xx, {broken:.0f} had an error of the connection")
