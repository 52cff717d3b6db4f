//! The closed table of problems: for each, its code for programs, its HTTP status, its titles for people and its help.

use actix_web::http::StatusCode;
use kernel::{Label, codes::schema};
use serde::Serialize;

/// Declares the table: a code, its status, its titles, and what to do about it.
macro_rules! problems {
    ($($variant:ident = $code:literal $status:ident ($fr:literal, $en:literal) $help:literal,)+) => {
        /// Code of a problem: the kind of error, for programs.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
        pub enum Code { $(#[doc = $en] #[serde(rename = $code)] $variant,)+ }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code, as it is sent.
            #[must_use]
            pub const fn code(self) -> &'static str { match self { $(Self::$variant => $code),+ } }

            /// The HTTP status.
            #[must_use]
            pub const fn status(self) -> StatusCode { match self { $(Self::$variant => StatusCode::$status),+ } }

            /// The title, which people read.
            #[must_use]
            pub const fn title(self) -> Label { match self { $(Self::$variant => Label { fr: $fr, en: $en }),+ } }

            /// What a client can do about it.
            #[must_use]
            pub const fn help(self) -> &'static str { match self { $(Self::$variant => $help),+ } }
        }
    };
}

problems! {
    Malformed = "malformed" BAD_REQUEST ("La requête est mal formée.", "The request is malformed.")
        "Send well-formed JSON in UTF-8, at most 32 levels deep, without repeated keys.",
    InvalidCursor = "invalid_cursor" BAD_REQUEST ("Ce curseur n’appartient pas à cette liste.", "This cursor does not belong to this list.")
        "Start the list again without `cursor`, and change no filter between two pages.",
    InvalidIdempotencyKey = "invalid_idempotency_key" BAD_REQUEST ("La clé d’idempotence est mal formée.", "The idempotency key is malformed.")
        "Send 1 to 255 visible ASCII characters in `Idempotency-Key`; a UUID is best.",
    IdempotencyKeyRequired = "idempotency_key_required" BAD_REQUEST ("Cette opération exige une clé d’idempotence.", "This operation requires an idempotency key.")
        "Send an `Idempotency-Key`, preferably a UUID. If you send the request again, use the same key: the operation is done once.",
    Unauthenticated = "unauthenticated" UNAUTHORIZED ("Une authentification valide est nécessaire.", "Valid authentication is required.")
        "Send `Authorization: Bearer <token>` with a token of a known issuer that has not expired.",
    Forbidden = "forbidden" FORBIDDEN ("Vous n’avez pas le droit d’effectuer cette opération.", "You do not have the right to do this.")
        "Read `detail`: it says who may. `available_actions` of an object lists the operations that you may call on it.",
    NotRegistered = "not_registered" FORBIDDEN ("Votre compte n’est rattaché à aucun membre.", "Your account is not linked to a member.")
        "The token is valid, but no member or service account is registered under it. Accept your invitation, or ask your administrator.",
    Suspended = "suspended" FORBIDDEN ("Votre compte est suspendu.", "Your account is suspended.")
        "Ask the SIG to restore your account.",
    NotFound = "not_found" NOT_FOUND ("Cet objet est introuvable.", "This object was not found.")
        "The object does not exist, or you may not see it. Check the address.",
    MethodNotAllowed = "method_not_allowed" METHOD_NOT_ALLOWED ("Cette méthode n’existe pas à cette adresse.", "This method does not exist at this address.")
        "Use one of the methods listed in the `Allow` header.",
    RequestTimeout = "request_timeout" REQUEST_TIMEOUT ("La requête met trop de temps à arriver.", "The request takes too long to arrive.")
        "Send the whole body within ten seconds.",
    AlreadyExists = "already_exists" CONFLICT ("Cette valeur est déjà prise.", "This value is taken already.")
        "Use another value for the field named in `errors`, or use the object that has this value.",
    Overlap = "overlap" CONFLICT ("Un enregistrement équivalent couvre déjà cette période.", "The same fact exists already at that time.")
        "End the fact that exists, or choose a time when it does not hold.",
    InvalidTransition = "invalid_transition" CONFLICT ("L’état actuel de l’objet ne permet pas cette opération.", "The current state of the object does not allow this operation.")
        "Get the object again. `allowed` lists the operations that its state allows.",
    LastLead = "last_lead" CONFLICT ("Cette personne est la dernière à animer activement ce réseau.", "This is the last active lead of the network.")
        "Have a SIG administrator appoint another lead first, or close the network.",
    AlreadyRequested = "already_requested" CONFLICT ("Une demande d’adhésion est déjà en cours pour cette personne dans ce réseau.", "A membership request for this person in this network is open already.")
        "Decide the open request (`GET /membership-requests?network_code=&status=open`), or have it withdrawn.",
    InvitationSpent = "invitation_spent" CONFLICT ("Cette invitation a déjà servi, a été annulée ou a expiré.", "This invitation was used or revoked, or has expired.")
        "If you used it yourself, you are registered (`GET /me`). Else ask the person who invited you for a new invitation.",
    HandOverRequired = "hand_over_required" CONFLICT ("Ce membre a des éléments à transmettre avant son départ.", "This member must hand over what they own before they depart.")
        "Call `GET /members/{id}/hand-over`, then post to the same address who takes over each item.",
    LastAdmin = "last_admin" CONFLICT ("Cette personne est la dernière à exercer l’administration du SIG.", "This is the last active SIG administrator.")
        "Appoint another SIG administrator first.",
    NotEmpty = "not_empty" CONFLICT ("D’autres objets dépendent encore de celui-ci.", "Other objects still depend on it.")
        "Organizations below it: give each another `parent_id`, or close it first (`GET /organizations?parent_id=`). What is held through an affiliation: void it first. Active terms below a term of expertise: move or retire them first.",
    Superseded = "superseded" CONFLICT ("Cette organisation a été remplacée par d’autres.", "This organization was replaced by others.")
        "Use one of the organizations in `successor_ids` instead.",
    InFlight = "in_flight" CONFLICT ("La même requête est déjà en cours de traitement.", "The same request is already being processed.")
        "Wait `Retry-After` seconds, then send the request again with the same key.",
    Stale = "stale" PRECONDITION_FAILED ("L’objet a changé entre-temps.", "The object changed in the meantime.")
        "Get the object again, and send your change with its new `ETag` in `If-Match`.",
    PayloadTooLarge = "payload_too_large" PAYLOAD_TOO_LARGE ("Le contenu de la requête est trop volumineux.", "The body of the request is too large.")
        "Send at most 256 KiB.",
    UriTooLong = "uri_too_long" URI_TOO_LONG ("L’adresse de la requête est trop longue.", "The address of the request is too long.")
        "Send an address of at most 8 KiB.",
    UnsupportedMediaType = "unsupported_media_type" UNSUPPORTED_MEDIA_TYPE ("Ce type de contenu n’est pas accepté.", "This type of content is not accepted.")
        "Send `application/json` (with PATCH also `application/merge-patch+json`), without `Content-Encoding`.",
    Invalid = "invalid" UNPROCESSABLE_ENTITY ("Une valeur n’est pas acceptable.", "A value is not acceptable.")
        "Each entry of `errors` names a value (JSON Pointer, RFC 6901) and says what is wrong with it.",
    IdempotencyKeyReused = "idempotency_key_reused" UNPROCESSABLE_ENTITY ("Cette clé d’idempotence a déjà servi à une autre requête.", "This idempotency key was used for another request.")
        "Use a new key for each new request.",
    PreconditionRequired = "precondition_required" PRECONDITION_REQUIRED ("Indiquez la version que vous avez lue, dans l’en-tête If-Match.", "State the version that you read, in the If-Match header.")
        "Send the `ETag` of the object, as you last read it, in `If-Match`.",
    TooManyRequests = "too_many_requests" TOO_MANY_REQUESTS ("Les requêtes sont trop nombreuses : patientez avant de réessayer.", "Too many requests: wait before you try again.")
        "Wait `Retry-After` seconds, then send the request again.",
    HeadersTooLarge = "headers_too_large" REQUEST_HEADER_FIELDS_TOO_LARGE ("Les en-têtes de la requête sont trop volumineux.", "The headers of the request are too large.")
        "Send fewer or shorter headers.",
    Busy = "busy" SERVICE_UNAVAILABLE ("Le service est très sollicité : réessayez dans quelques instants.", "The service is busy: try again in a moment.")
        "Wait `Retry-After` seconds and send the request again: nothing was done.",
    Unavailable = "unavailable" SERVICE_UNAVAILABLE ("La base de données ne répond pas : réessayez dans quelques instants.", "The database does not answer: try again in a moment.")
        "Wait `Retry-After` seconds and send the request again: nothing was done.",
    Draining = "draining" SERVICE_UNAVAILABLE ("Cette instance du service s’arrête.", "This instance of the service is stopping.")
        "Send the request to another instance. Requests that this instance has begun are finished.",
    OutcomeUnknown = "outcome_unknown" SERVICE_UNAVAILABLE ("Le résultat de la modification n’est pas connu.", "It is not known whether the change was made.")
        "Send the request again with the same `Idempotency-Key`, or get the object to see whether it changed.",
    Internal = "internal" INTERNAL_SERVER_ERROR ("Une erreur est survenue dans le service.", "An error occurred in the service.")
        "Report the `instance` of this answer to the operator; nothing was done.",
}

impl Code {
    /// The code of an error that the web framework raised, from its status.
    #[must_use]
    pub fn of(status: StatusCode) -> Self {
        let same = Self::ALL.iter().find(|code| code.status() == status);
        same.copied().unwrap_or(if status.is_client_error() { Self::Malformed } else { Self::Internal })
    }
}

impl utoipa::PartialSchema for Code {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        let rows: Vec<_> = Self::ALL.iter().map(|code| (code.code(), code.title())).collect();
        schema("Code of a problem: the kind of error, for programs. The list may grow.", &rows)
    }
}

impl utoipa::ToSchema for Code {
    fn name() -> std::borrow::Cow<'static, str> {
        "ProblemCode".into()
    }
}
