//! The closed table of problems: what went wrong, as programs, HTTP and people read it.

use actix_web::http::StatusCode;
use kernel::{Label, codes::schema};
use serde::Serialize;

/// Declares the table: a code, its status, its titles, and what to do about it.
macro_rules! problems {
    ($($variant:ident = $code:literal $status:ident ($fr:literal, $en:literal) $help:literal,)+) => {
        /// What went wrong, for programs.
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

            /// What people read.
            #[must_use]
            pub const fn title(self) -> Label { match self { $(Self::$variant => Label { fr: $fr, en: $en }),+ } }

            /// What a client does about it.
            #[must_use]
            pub const fn help(self) -> &'static str { match self { $(Self::$variant => $help),+ } }
        }
    };
}

problems! {
    Malformed = "malformed" BAD_REQUEST ("La requête est mal formée.", "The request is malformed.")
        "Send well-formed JSON in UTF-8, at most 32 levels deep, without repeated keys.",
    InvalidCursor = "invalid_cursor" BAD_REQUEST ("Ce curseur n'est pas de cette liste.", "This cursor is not of this list.")
        "Start the list again without `cursor`, and change no filter between two pages.",
    InvalidIdempotencyKey = "invalid_idempotency_key" BAD_REQUEST ("La clé d'idempotence est mal formée.", "The idempotency key is malformed.")
        "Send 1 to 255 visible ASCII characters in `Idempotency-Key`; a UUID is best.",
    IdempotencyKeyRequired = "idempotency_key_required" BAD_REQUEST ("Cette opération exige une clé d'idempotence.", "This operation needs an idempotency key.")
        "Send an `Idempotency-Key`, a UUID best, and the same one if you send the request again: what it does is done once.",
    Unauthenticated = "unauthenticated" UNAUTHORIZED ("Il faut s'identifier.", "Identify yourself.")
        "Send `Authorization: Bearer <token>` with a token of a known issuer that is not expired.",
    Forbidden = "forbidden" FORBIDDEN ("Vous n'en avez pas le droit.", "You may not.")
        "Read `detail`: it says who may. `available_actions` says beforehand what you may.",
    NotRegistered = "not_registered" FORBIDDEN ("Votre compte n'est rattaché à aucun communicant.", "Your account belongs to no member.")
        "The token is good, but nobody is registered under it: accept your invitation, or ask your administrator.",
    Suspended = "suspended" FORBIDDEN ("Votre compte est suspendu.", "Your account is suspended.")
        "Ask the SIG to restore your account.",
    NotFound = "not_found" NOT_FOUND ("Introuvable.", "Not found.")
        "There is no such thing, or it does not exist for you.",
    MethodNotAllowed = "method_not_allowed" METHOD_NOT_ALLOWED ("Cette méthode n'existe pas ici.", "No such method here.")
        "Use one of the methods of the `Allow` header.",
    RequestTimeout = "request_timeout" REQUEST_TIMEOUT ("La requête tarde trop.", "The request takes too long to arrive.")
        "Send the whole body within ten seconds.",
    AlreadyExists = "already_exists" CONFLICT ("Cette valeur est déjà prise.", "This value is taken.")
        "Use another value for the field of `errors`, or the object that holds it already.",
    Overlap = "overlap" CONFLICT ("Ce fait existe déjà à ce moment.", "The same fact stands already at that time.")
        "End the one that stands, or choose a time when it does not.",
    InvalidTransition = "invalid_transition" CONFLICT ("Son état ne le permet pas.", "Its state does not allow it.")
        "Read the object again; `allowed` names the moves that its state allows.",
    LastLead = "last_lead" CONFLICT ("C'est le dernier animateur actif de ce réseau.", "This is the last active lead of the network.")
        "Have the SIG administrator appoint another lead first, or close the network.",
    AlreadyRequested = "already_requested" CONFLICT ("Un dossier est déjà ouvert pour cette personne dans ce réseau.", "A dossier is open already for this person in this network.")
        "Decide the open one (`GET /membership-requests?network_code=&status=open`), or have it withdrawn.",
    InvitationSpent = "invitation_spent" CONFLICT ("Cette invitation a été utilisée, annulée, ou elle est expirée.", "This invitation was used or revoked, or it is past its time.")
        "If you used it yourself you are registered (`GET /me`); else ask whoever invited you for another one.",
    HandOverRequired = "hand_over_required" CONFLICT ("Ce communicant détient des objets à transmettre avant son départ.", "This member owns what must be handed over before he leaves.")
        "Read `GET /members/{id}/hand-over` and post to the same address who takes each of them.",
    LastAdmin = "last_admin" CONFLICT ("C'est le dernier administrateur SIG en exercice.", "This is the last active SIG administrator.")
        "Appoint another SIG administrator first.",
    NotEmpty = "not_empty" CONFLICT ("D'autres objets en dépendent encore.", "Others still rest on it.")
        "Organizations below it: give each another `parent_id` or close it first (`GET /organizations?parent_id=`). What is held through an affiliation: void it first.",
    Superseded = "superseded" CONFLICT ("Cette organisation a des successeurs.", "This organization has successors.")
        "Write on one of its `successor_ids`.",
    InFlight = "in_flight" CONFLICT ("La même requête est en cours.", "The same request is in flight.")
        "Wait `Retry-After` seconds and send it again with the same key.",
    Stale = "stale" PRECONDITION_FAILED ("L'objet a changé entre-temps.", "The object changed meanwhile.")
        "Read the object again, and send your change with its new `ETag` in `If-Match`.",
    PayloadTooLarge = "payload_too_large" PAYLOAD_TOO_LARGE ("Le contenu est trop volumineux.", "The body is too large.")
        "Send at most 256 KiB.",
    UriTooLong = "uri_too_long" URI_TOO_LONG ("L'adresse est trop longue.", "The address is too long.")
        "Send at most 8 KiB of address.",
    UnsupportedMediaType = "unsupported_media_type" UNSUPPORTED_MEDIA_TYPE ("Ce type de contenu n'est pas accepté.", "This kind of body is not accepted.")
        "Send `application/json`, or `application/merge-patch+json` with PATCH, without `Content-Encoding`.",
    Invalid = "invalid" UNPROCESSABLE_ENTITY ("Une valeur n'est pas acceptable.", "A value is not acceptable.")
        "Each entry of `errors` points at a value (RFC 6901) and says what is wrong with it.",
    IdempotencyKeyReused = "idempotency_key_reused" UNPROCESSABLE_ENTITY ("Cette clé d'idempotence a servi à une autre requête.", "This idempotency key was used for another request.")
        "Use a new key for a new request.",
    PreconditionRequired = "precondition_required" PRECONDITION_REQUIRED ("Il faut dire quelle version vous avez vue (If-Match).", "Say which version you saw (If-Match).")
        "Send the `ETag` of the object as you last saw it in `If-Match`.",
    TooManyRequests = "too_many_requests" TOO_MANY_REQUESTS ("Trop de requêtes, patientez.", "Too many requests, wait.")
        "Wait `Retry-After` seconds.",
    HeadersTooLarge = "headers_too_large" REQUEST_HEADER_FIELDS_TOO_LARGE ("Les en-têtes sont trop volumineux.", "The headers are too large.")
        "Send fewer or shorter headers.",
    Busy = "busy" SERVICE_UNAVAILABLE ("Le service est très sollicité, réessayez.", "The service is busy, try again.")
        "Wait `Retry-After` seconds and send the request again: nothing was done.",
    Unavailable = "unavailable" SERVICE_UNAVAILABLE ("La base de données ne répond pas, réessayez.", "The database does not answer, try again.")
        "Wait `Retry-After` seconds and send the request again: nothing was done.",
    Draining = "draining" SERVICE_UNAVAILABLE ("Cette instance s'arrête.", "This instance is about to stop.")
        "Ask another instance; what is under way here is brought to its end.",
    OutcomeUnknown = "outcome_unknown" SERVICE_UNAVAILABLE ("On ne sait pas si la modification a eu lieu.", "It is not known whether the change was made.")
        "Send the request again with the same `Idempotency-Key`, or read the object.",
    Internal = "internal" INTERNAL_SERVER_ERROR ("Une erreur est survenue chez nous.", "Something failed on our side.")
        "Tell us the `instance`; nothing was done.",
}

impl Code {
    /// The code of an error that the framework raised by itself.
    #[must_use]
    pub fn of(status: StatusCode) -> Self {
        let same = Self::ALL.iter().find(|code| code.status() == status);
        same.copied().unwrap_or(if status.is_client_error() { Self::Malformed } else { Self::Internal })
    }
}

impl utoipa::PartialSchema for Code {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        let rows: Vec<_> = Self::ALL.iter().map(|code| (code.code(), code.title())).collect();
        schema("What went wrong, for programs.", &rows)
    }
}

impl utoipa::ToSchema for Code {
    fn name() -> std::borrow::Cow<'static, str> {
        "ProblemCode".into()
    }
}
