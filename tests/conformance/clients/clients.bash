# Clients that others generate from the contract, each with its program in the folder of its name; read by
# scripts/conformance. All of them do the same: they page through a list to its end, create, are refused a create with
# several wrong values and read every pointer of the problem, change by ETag and by version, and are refused a stale change.
#
# Generators that do not read OpenAPI 3.1 well are given the document in 3.0.3. A client whose toolchain is not here says
# so and is left out: Debian's packages of it are installed where that may be done.

CLIENTS=(
    openapi-python-client openapi-ts openapi-fetch orval
    openapi-generator-python openapi-generator-typescript-fetch openapi-generator-go openapi-generator-php
    openapi-generator-java openapi-generator-rust progenitor
)

# Ends the client, which is not to be had here.
absent() {
    echo "absent: $*"
    exit 77
}

# debian PROGRAM PACKAGE…: a program of the machine, from Debian where it is missing and may be installed.
debian() {
    command -v "$1" >/dev/null && dpkg -s "${@:2}" >/dev/null 2>&1 && return
    if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
        (apt-get update -q && apt-get install -qy --no-install-recommends "${@:2}") || absent "no package for $1"
    else
        absent "needs ${*:2}"
    fi
}

used() { echo "used: $1; $2"; }
node_version() { node -p "require('$tools/node_modules/$1/package.json').version"; }

# The arguments of every program; it is counted anew, since each client adds an organization.
scenario() {
    local count
    count=$(curl -fsS -H "Authorization: Bearer $token" "$address/api/v1/organizations?limit=1&count=exact" |
        py -c 'import json, sys; print(json.load(sys.stdin)["count"])')
    "$@" "$address" "$token" "$count"
}

typescript() {
    cp "$here/clients/tsconfig.json" "$here/package.json" .
    ln -sfn "$tools/node_modules" node_modules
    bin tsc -p .
    scenario node built/client.js
}

openapi-python-client() {
    py -m openapi_python_client generate --path "$contract" --config config.yaml --meta none --output-path python_client \
        --fail-on-warning
    used "$("$tools/python/bin/pip" list --disable-pip-version-check | sed -nE 's/^openapi-python-client +//p')" "$(py -V)"
    scenario py client.py
}

openapi-ts() {
    CONTRACT=$contract bin openapi-ts
    used "$(node_version @hey-api/openapi-ts)" "TypeScript $(node_version typescript)"
    typescript
}

openapi-fetch() {
    bin openapi-typescript "$contract" -o generated.d.ts
    used "$(node_version openapi-fetch) ($(node_version openapi-typescript))" "TypeScript $(node_version typescript)"
    typescript
}

orval() {
    bin orval --input "$contract" --output generated.ts --client fetch --mode single
    used "$(node_version orval)" "TypeScript $(node_version typescript)"
    typescript
}

# One of two shapes is told by its discriminator, not by trying both of them on it.
by_kind=useOneOfDiscriminatorLookup=true

# openapi_generator NAME OPTIONS…: into the folder `generated`, from the document in 3.0.3.
openapi_generator() {
    command -v java >/dev/null || debian java default-jre-headless
    generators
    local only=apiDocs=false,modelDocs=false,apiTests=false,modelTests=false
    # It says each file that it writes, at the level of information.
    java -jar "$jar" generate -i "$work/openapi-3.0.json" -g "$1" -o generated \
        --global-property "apis,models,supportingFiles,$only" "${@:2}" | { grep -v " INFO " || true; }
}

# Installs openapi-generator, and what its client for Python needs; sets `jar`.
generators() {
    local at=$tools/clients-python stamp
    stamp=$({ cat "$here/clients/requirements.txt"; python3 -V; echo "$at"; } | sha256sum)
    if [[ $(cat "$at/stamp" 2>/dev/null) != "$stamp" ]]; then
        rm -rf "$at"
        python3 -m venv "$at"
        "$at/bin/pip" install -q --disable-pip-version-check --no-deps -r "$here/clients/requirements.txt"
        echo "$stamp" >"$at/stamp"
    fi
    jar=$(echo "$at"/lib/python*/site-packages/openapi_generator_cli/openapi-generator.jar)
}

openapi_generator_version() { sed -n 's/^openapi-generator-cli==//p' "$here/clients/requirements.txt"; }

openapi-generator-python() {
    openapi_generator python --additional-properties=packageName=diapason_client,$by_kind
    used "$(openapi_generator_version)" "$("$tools/clients-python/bin/python" -V)"
    PYTHONPATH=generated scenario "$tools/clients-python/bin/python" client.py
}

openapi-generator-typescript-fetch() {
    openapi_generator typescript-fetch --additional-properties=importFileExtension=.js
    used "$(openapi_generator_version)" "TypeScript $(node_version typescript)"
    typescript
}

# Its names of enum values have the name of their enum before them, else they collide.
openapi-generator-go() {
    debian go golang-go golang-gopkg-validator.v2-dev
    openapi_generator go --additional-properties=packageName=diapason,withGoMod=false,enumClassPrefix=true,$by_kind
    used "$(openapi_generator_version)" "$(go version | cut -d' ' -f3)"
    mkdir -p path/src && mv generated path/src/diapason
    GO111MODULE=off GOPATH=$PWD/path:/usr/share/gocode GOCACHE=$tools/go-cache go build -o client client.go
    scenario ./client
}

openapi-generator-php() {
    debian php php-cli php-curl php-mbstring php-guzzlehttp-guzzle
    openapi_generator php
    used "$(openapi_generator_version)" "$(php -v | head -n 1 | cut -d' ' -f1,2)"
    scenario php client.php
}

# With the JSON library that the generator has in itself, and the annotations of Debian.
openapi-generator-java() {
    debian javac default-jdk-headless libgeronimo-annotation-1.3-spec-java
    openapi_generator java --additional-properties=library=native,openApiNullable=false,$by_kind
    used "$(openapi_generator_version)" "$(javac -version)"
    local classes=$PWD/classes:$jar:/usr/share/java/geronimo-annotation-1.3-spec.jar
    find . -name '*.java' >sources
    javac -nowarn -d classes -cp "$classes" @sources
    scenario java -cp "$classes" Client
}

# rust NAME: what is built is kept, so it stands in the same place each time.
rust() {
    command -v cargo >/dev/null || absent "needs cargo"
    local at=$tools/rust/$1
    rm -rf "$at" && mkdir -p "$tools/rust" && cp -r . "$at"
    CARGO_TARGET_DIR=$tools/rust/target cargo build --quiet --locked --manifest-path "$at/Cargo.toml"
    scenario "$tools/rust/target/debug/$1"
}

openapi-generator-rust() {
    openapi_generator rust --additional-properties=supportMultipleResponses=false
    used "$(openapi_generator_version)" "$(rustc -V | cut -d' ' -f1,2)"
    rust openapi-generator-rust
}

progenitor() {
    used "$(sed -nE 's/^progenitor = .*=([0-9.]+).*/\1/p' Cargo.toml)" "$(rustc -V | cut -d' ' -f1,2)"
    export CONTRACT=$work/openapi-3.0.json
    rust progenitor
}

# In a folder of its own, with the program beside what is generated.
client() {
    cp -r "$here/clients/$1" "$work/$1"
    cd "$work/$1"
    "$1"
}

# Every client, and a table of how they did.
clients() {
    local name since said verdict result generator toolchain
    curl -fsS "$address/openapi-3.0.json" >"$work/openapi-3.0.json"
    printf '%-36s %-20s %-20s %4s  %s\n' client generator toolchain s result >"$output/clients.txt"
    for name in "${CLIENTS[@]}"; do
        since=$SECONDS said=$output/$name.log
        quietly "$said" client "$name"
        IFS=';' read -r generator toolchain < <(sed -n 's/^used: //p' "$said" | tail -n 1) || true
        case $verdict in
            0) result=PASS ;;
            77) result="not installed: $(sed -n 's/^absent: //p' "$said")" ;;
            *)
                result=FAIL failed=1
                tail -n 20 "$said"
                ;;
        esac
        printf '%-36s %-20s %-20s %4d  %s\n' "$name" "${generator:--}" "${toolchain# }" $((SECONDS - since)) "$result" |
            tee -a "$output/clients.txt"
    done
    cat "$output/clients.txt"
}
