<?php
// The scenario of tests/conformance/clients, with openapi-generator's client for PHP.

use OpenAPI\Client\Api\OrganizationsApi;
use OpenAPI\Client\ApiException;
use OpenAPI\Client\Configuration;
use OpenAPI\Client\Model\OrganizationInput;
use OpenAPI\Client\Model\OrganizationKind;
use OpenAPI\Client\Model\OrganizationPatch;
use OpenAPI\Client\Model\OrganizationView;
use OpenAPI\Client\Model\Problem;

// A pattern that PCRE does not read is a warning, and fails too.
set_error_handler(function (int $level, string $message, string $file, int $line) {
    throw new ErrorException($message, 0, $level, $file, $line);
}, E_ALL & ~E_DEPRECATED);
require 'GuzzleHttp/autoload.php';
spl_autoload_register(function (string $class) {
    $file = __DIR__ . '/generated/lib/' . str_replace(['OpenAPI\\Client\\', '\\'], ['', '/'], $class) . '.php';
    if (is_file($file)) {
        require $file;
    }
});
[, $address, $token, $count] = $argv;

/** Ends the program where what is found is not what is expected. */
function equal(mixed $found, mixed $expected, string $step): void
{
    if ($found !== $expected) {
        throw new Exception("$step: " . json_encode($expected) . ' expected, ' . json_encode($found) . ' found');
    }
}

/** The problem that a call ends in. */
function refused(callable $call, int $status, string $code): Problem
{
    try {
        $call();
    } catch (ApiException $refusal) {
        $problem = $refusal->getResponseObject();
        equal($problem instanceof Problem, true, 'a refusal is a problem');
        equal([$refusal->getCode(), $problem->getStatus(), $problem->getCode()], [$status, $status, $code], 'the problem');
        return $problem;
    }
    throw new Exception("$status expected, and nothing was refused");
}

function pageToTheEnd(OrganizationsApi $api, int $count): void
{
    $ids = [];
    $cursor = null;
    do {
        $page = $api->listOrganizations(limit: 50, cursor: $cursor);
        foreach ($page->getItems() as $item) {
            $ids[] = $item->getId();
        }
        $cursor = $page->getNext();
    } while ($cursor !== null);
    equal([count($ids), count(array_unique($ids))], [$count, $count], 'organizations, page by page');
}

/** @return array{OrganizationView, string} */
function create(OrganizationsApi $api): array
{
    $name = "Agence d'essai " . bin2hex(random_bytes(16));
    $new = new OrganizationInput(['kind' => OrganizationKind::OPERATOR, 'name' => $name, 'aliases' => ['Un autre nom']]);
    [$made, $status, $headers] = $api->createOrganizationWithHttpInfo($new, bin2hex(random_bytes(16)));
    equal($status, 201, 'create');
    equal([$made->getView(), $made->getName(), $made->getAliases()], ['full', $name, ['Un autre nom']], 'what was created');
    return [$made, $headers['etag'][0]];
}

function createWrongly(OrganizationsApi $api): void
{
    $wrong = (new OrganizationInput())->setKind(OrganizationKind::OPERATOR)->setName('Essai')
        ->setSiren('123456789')->setWebsite('ftp://exemple.fr');
    $problem = refused(fn () => $api->createOrganization($wrong), 422, 'invalid');
    $found = array_map(fn ($error) => $error->getPointer(), $problem->getErrors());
    sort($found);
    equal($found, ['/siren', '/website'], 'the values refused');
}

function change(OrganizationsApi $api, OrganizationView $made, string $etag): void
{
    $patch = fn (?string $name, string $seen) => $api->updateOrganizationWithHttpInfo(
        $made->getId(),
        $seen,
        (new OrganizationPatch())->setShortName($name)
    );
    [$changed, $status] = $patch('ACT', $etag);
    equal([$status, $changed->getShortName()], [200, 'ACT'], 'change');
    [$cleared] = $patch(null, "\"{$changed->getVersion()}\"");
    equal([$cleared->getShortName(), $cleared->getVersion()], [null, $changed->getVersion() + 1], 'clear');
    refused(fn () => $patch('ATC', $etag), 412, 'stale');
}

$configuration = (new Configuration())->setHost($address)->setAccessToken($token);
$api = new OrganizationsApi(null, $configuration);
pageToTheEnd($api, (int) $count);
[$made, $etag] = create($api);
createWrongly($api);
change($api, $made, $etag);
