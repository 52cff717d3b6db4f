//! The closed table of problems: for each, its code for programs, its HTTP status, its titles for people, its
//! occasion and its help.

use actix_web::http::StatusCode;
use kernel::{Label, codes::schema};
use serde::Serialize;

/// Declares the table: a code, its status, its titles, when it is answered, and what to do about it.
macro_rules! problems {
    ($($variant:ident = $code:literal $status:ident ($fr:literal, $en:literal)
        when ($when_fr:literal, $when_en:literal) help ($help_fr:literal, $help_en:literal),)+) => {
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

            /// When it is answered.
            #[must_use]
            pub const fn when(self) -> Label {
                match self { $(Self::$variant => Label { fr: $when_fr, en: $when_en }),+ }
            }

            /// What a client can do about it.
            #[must_use]
            pub const fn help(self) -> Label {
                match self { $(Self::$variant => Label { fr: $help_fr, en: $help_en }),+ }
            }
        }
    };
}

problems! {
    Malformed = "malformed" BAD_REQUEST ("La requête est mal formée.", "The request is malformed.")
        when ("Le corps, un en-tête ou un paramètre ne respecte pas la syntaxe attendue\u{a0}: JSON incorrect, clé répétée, imbrication trop profonde.", "The body, a header or a parameter breaks its syntax: broken JSON, a repeated key, too many levels.")
        help ("Envoyez du JSON bien formé, en UTF-8, de 32 niveaux au plus, sans clé répétée.", "Send well-formed JSON in UTF-8, at most 32 levels deep, without repeated keys."),
    InvalidCursor = "invalid_cursor" BAD_REQUEST ("Ce curseur n’appartient pas à cette liste.", "This cursor does not belong to this list.")
        when ("Le paramètre `cursor` vient d’une autre liste, ou les filtres ont changé entre deux pages.", "The parameter `cursor` comes from another list, or a filter changed between two pages.")
        help ("Reprenez la liste sans `cursor`, et ne changez aucun filtre entre deux pages.", "Start the list again without `cursor`, and change no filter between two pages."),
    InvalidIdempotencyKey = "invalid_idempotency_key" BAD_REQUEST ("La clé d’idempotence est mal formée.", "The idempotency key is malformed.")
        when ("L’en-tête `Idempotency-Key` est vide, trop long ou contient des caractères interdits.", "The header `Idempotency-Key` is empty, too long or has characters that are not allowed.")
        help ("Envoyez dans `Idempotency-Key` de 1 à 255 caractères ASCII visibles, un UUID de préférence.", "Send 1 to 255 visible ASCII characters in `Idempotency-Key`; a UUID is best."),
    IdempotencyKeyRequired = "idempotency_key_required" BAD_REQUEST ("Cette opération exige une clé d’idempotence.", "This operation requires an idempotency key.")
        when ("L’opération avertit de nombreuses personnes\u{a0}: elle ne doit pas être faite deux fois.", "The operation notifies many people: it must not be done twice.")
        help ("Envoyez une `Idempotency-Key`, un UUID de préférence. Si vous renvoyez la requête, gardez la même clé\u{a0}: l’opération n’est faite qu’une fois.", "Send an `Idempotency-Key`, preferably a UUID. If you send the request again, use the same key: the operation is done once."),
    Unauthenticated = "unauthenticated" UNAUTHORIZED ("Une authentification valide est nécessaire.", "Valid authentication is required.")
        when ("La requête n’a pas de jeton, ou son jeton a expiré, est incorrect ou vient d’un émetteur inconnu.", "The request has no token, or its token has expired, is not valid or comes from an unknown issuer.")
        help ("Envoyez `Authorization: Bearer <jeton>`, avec un jeton d’un émetteur connu qui n’a pas expiré.", "Send `Authorization: Bearer <token>` with a token of a known issuer that has not expired."),
    Forbidden = "forbidden" FORBIDDEN ("Vous n’avez pas le droit d’effectuer cette opération.", "You do not have the right to do this.")
        when ("L’objet vous est visible, mais vos rôles et vos adhésions ne permettent pas cette opération.", "You may see the object, but your roles and memberships do not allow this operation.")
        help ("Lisez `detail`\u{a0}: il indique qui en a le droit. `available_actions` d’un objet énumère les opérations qui vous sont ouvertes.", "Read `detail`: it says who may. `available_actions` of an object lists the operations that you may call on it."),
    NotRegistered = "not_registered" FORBIDDEN ("Votre compte n’est rattaché à aucun membre.", "Your account is not linked to a member.")
        when ("Le jeton est valide, mais aucun membre ni compte de service n’est enregistré sous cette identité.", "The token is valid, but no member and no service account is registered under this identity.")
        help ("Acceptez votre invitation, ou adressez-vous à la personne qui administre votre organisation.", "The token is valid, but no member or service account is registered under it. Accept your invitation, or ask your administrator."),
    Suspended = "suspended" FORBIDDEN ("Votre compte est suspendu.", "Your account is suspended.")
        when ("Le compte du membre, ou le compte de service, a été suspendu ou a expiré.", "The account of the member, or the service account, was suspended or has expired.")
        help ("Demandez au SIG de rétablir votre compte.", "Ask the SIG to restore your account."),
    NotFound = "not_found" NOT_FOUND ("Cet objet est introuvable.", "This object was not found.")
        when ("Rien n’existe à cette adresse, ou vous n’avez pas le droit de le voir\u{a0}: la réponse est la même.", "Nothing exists at this address, or you may not see it: the answer is the same.")
        help ("Vérifiez l’adresse. L’objet n’existe pas, ou il ne vous est pas visible.", "The object does not exist, or you may not see it. Check the address."),
    MethodNotAllowed = "method_not_allowed" METHOD_NOT_ALLOWED ("Cette méthode n’existe pas à cette adresse.", "This method does not exist at this address.")
        when ("L’adresse existe, mais pas avec cette méthode HTTP.", "The address exists, but not with this HTTP method.")
        help ("Utilisez l’une des méthodes de l’en-tête `Allow`.", "Use one of the methods listed in the `Allow` header."),
    RequestTimeout = "request_timeout" REQUEST_TIMEOUT ("La requête met trop de temps à arriver.", "The request takes too long to arrive.")
        when ("Le corps de la requête n’est pas arrivé en entier dans le délai.", "The body of the request did not arrive in time.")
        help ("Envoyez tout le corps en moins de dix secondes.", "Send the whole body within ten seconds."),
    AlreadyExists = "already_exists" CONFLICT ("Cette valeur est déjà prise.", "This value is taken already.")
        when ("Un autre objet a déjà cette valeur, qui doit être unique\u{a0}: une adresse électronique, un SIRET, un code.", "Another object has this value already, and it must be unique: an e-mail address, a SIRET, a code.")
        help ("Choisissez une autre valeur pour le champ nommé dans `errors`, ou reprenez l’objet qui a cette valeur.", "Use another value for the field named in `errors`, or use the object that has this value."),
    Overlap = "overlap" CONFLICT ("Un enregistrement équivalent couvre déjà cette période.", "The same fact exists already at that time.")
        when ("Le même fait est déjà enregistré pour une période qui recoupe celle-ci\u{a0}: un rattachement, un rôle, une adhésion.", "The same fact is recorded already for a time that overlaps: an affiliation, a role, a membership.")
        help ("Mettez fin au fait qui existe, ou choisissez une période où il ne vaut pas.", "End the fact that exists, or choose a time when it does not hold."),
    InvalidTransition = "invalid_transition" CONFLICT ("L’état actuel de l’objet ne permet pas cette opération.", "The current state of the object does not allow this operation.")
        when ("L’objet est clos, archivé, déjà décidé ou dans un autre état d’où l’opération n’est pas possible.", "The object is closed, archived, decided already or in another state from which the operation is not possible.")
        help ("Relisez l’objet. `allowed` énumère les opérations que son état permet.", "Get the object again. `allowed` lists the operations that its state allows."),
    LastLead = "last_lead" CONFLICT ("Cette personne est la dernière à animer activement ce réseau.", "This is the last active lead of the network.")
        when ("L’opération laisserait le réseau sans personne pour l’animer.", "The operation would leave the network without anyone to lead it.")
        help ("Faites d’abord désigner une autre personne par l’administration du SIG, ou fermez le réseau.", "Have a SIG administrator appoint another lead first, or close the network."),
    AlreadyRequested = "already_requested" CONFLICT ("Une demande d’adhésion est déjà en cours pour cette personne dans ce réseau.", "A membership request for this person in this network is open already.")
        when ("Une demande, une invitation ou une désignation attend déjà une décision pour cette personne.", "A request, an invitation or a nomination of this person already waits for a decision.")
        help ("Décidez la demande en cours (`GET /membership-requests?network_code=&status=open`), ou faites-la retirer.", "Decide the open request (`GET /membership-requests?network_code=&status=open`), or have it withdrawn."),
    InvitationSpent = "invitation_spent" CONFLICT ("Cette invitation a déjà servi, a été annulée ou a expiré.", "This invitation was used or revoked, or has expired.")
        when ("Le code à usage unique a été utilisé, annulé, ou ses 30 jours sont passés.", "The single-use code was used or revoked, or its 30 days have passed.")
        help ("Si vous l’avez utilisée, votre compte est enregistré (`GET /me`). Sinon, demandez une nouvelle invitation à la personne qui vous l’avait envoyée.", "If you used it yourself, you are registered (`GET /me`). Else ask the person who invited you for a new invitation."),
    HandOverRequired = "hand_over_required" CONFLICT ("Ce membre a des éléments à transmettre avant son départ.", "This member must hand over what they own before they depart.")
        when ("Le départ d’un membre est demandé alors qu’il anime un réseau ou détient d’autres éléments à transmettre.", "A member is to depart, but leads a network or owns other things that must be passed on.")
        help ("Appelez `GET /members/{id}/hand-over`, puis indiquez par `POST` à la même adresse qui reprend chaque élément.", "Call `GET /members/{id}/hand-over`, then post to the same address who takes over each item."),
    LastAdmin = "last_admin" CONFLICT ("Cette personne est la dernière à exercer l’administration du SIG.", "This is the last active SIG administrator.")
        when ("L’opération laisserait le SIG sans personne pour administrer le service.", "The operation would leave the SIG without anyone to administer the service.")
        help ("Attribuez d’abord ce rôle à une autre personne.", "Appoint another SIG administrator first."),
    NotEmpty = "not_empty" CONFLICT ("D’autres objets dépendent encore de celui-ci.", "Other objects still depend on it.")
        when ("Une organisation en a d’autres sous elle, un rattachement porte des rôles, un terme a des termes plus précis.", "An organization has others below it, an affiliation holds roles, a term has narrower terms.")
        help ("Organisations situées dessous\u{a0}: donnez à chacune un autre `parent_id`, ou fermez-la d’abord (`GET /organizations?parent_id=`). Ce qui repose sur un rattachement\u{a0}: annulez-le d’abord. Termes actifs sous un terme de compétence\u{a0}: déplacez-les ou retirez-les d’abord.", "Organizations below it: give each another `parent_id`, or close it first (`GET /organizations?parent_id=`). What is held through an affiliation: void it first. Active terms below a term of expertise: move or retire them first."),
    QuotaFull = "quota_full" CONFLICT ("Le nombre autorisé est déjà atteint.", "As many as are allowed exist already.")
        when ("Un compte de service a déjà deux clés en service\u{a0}: la sienne et celle qui la remplace.", "A service account has two keys in use already: its own and the one that replaces it.")
        help ("Révoquez d’abord une clé qui ne sert plus (`POST /service-account-keys/{id}/revoke`).", "Revoke a key that is not used any more first (`POST /service-account-keys/{id}/revoke`)."),
    Superseded = "superseded" CONFLICT ("Cette organisation a été remplacée par d’autres.", "This organization was replaced by others.")
        when ("L’organisation nommée a été fusionnée ou scindée lors d’une réorganisation.", "The organization that is named was merged or split by a reorganization.")
        help ("Utilisez l’une des organisations de `successor_ids`.", "Use one of the organizations in `successor_ids` instead."),
    InFlight = "in_flight" CONFLICT ("La même requête est déjà en cours de traitement.", "The same request is already being processed.")
        when ("Une requête avec la même clé d’idempotence n’est pas encore terminée.", "A request with the same idempotency key is not finished yet.")
        help ("Attendez `Retry-After` secondes, puis renvoyez la requête avec la même clé.", "Wait `Retry-After` seconds, then send the request again with the same key."),
    Stale = "stale" PRECONDITION_FAILED ("L’objet a changé entre-temps.", "The object changed in the meantime.")
        when ("Une autre personne ou un import a modifié l’objet depuis votre lecture.", "Someone else, or an import, changed the object after you read it.")
        help ("Relisez l’objet, puis envoyez votre modification avec son nouvel `ETag` dans `If-Match`.", "Get the object again, and send your change with its new `ETag` in `If-Match`."),
    PayloadTooLarge = "payload_too_large" PAYLOAD_TOO_LARGE ("Le contenu de la requête est trop volumineux.", "The body of the request is too large.")
        when ("Le corps de la requête dépasse la taille acceptée.", "The body of the request is larger than what is accepted.")
        help ("Envoyez 256 Kio au plus.", "Send at most 256 KiB."),
    UriTooLong = "uri_too_long" URI_TOO_LONG ("L’adresse de la requête est trop longue.", "The address of the request is too long.")
        when ("L’adresse, avec ses paramètres, dépasse la longueur acceptée.", "The address, with its parameters, is longer than what is accepted.")
        help ("Envoyez une adresse de 8 Kio au plus.", "Send an address of at most 8 KiB."),
    UnsupportedMediaType = "unsupported_media_type" UNSUPPORTED_MEDIA_TYPE ("Ce type de contenu n’est pas accepté.", "This type of content is not accepted.")
        when ("L’en-tête `Content-Type` manque ou annonce autre chose que du JSON, ou le corps est compressé.", "The header `Content-Type` is missing or says something else than JSON, or the body is compressed.")
        help ("Envoyez `application/json` (avec PATCH, aussi `application/merge-patch+json`), sans `Content-Encoding`.", "Send `application/json` (with PATCH also `application/merge-patch+json`), without `Content-Encoding`."),
    Invalid = "invalid" UNPROCESSABLE_ENTITY ("Une valeur n’est pas acceptable.", "A value is not acceptable.")
        when ("Le JSON est bien formé, mais une valeur manque, sort de ses limites ou contredit une règle.", "The JSON is well-formed, but a value is missing, out of its bounds or against a rule.")
        help ("Chaque entrée de `errors` nomme une valeur (JSON Pointer, RFC 6901) et dit ce qui ne convient pas.", "Each entry of `errors` names a value (JSON Pointer, RFC 6901) and says what is wrong with it."),
    IdempotencyKeyReused = "idempotency_key_reused" UNPROCESSABLE_ENTITY ("Cette clé d’idempotence a déjà servi à une autre requête.", "This idempotency key was used for another request.")
        when ("La même clé a accompagné une requête différente dans les dernières 48 heures.", "The same key was sent with a different request within the last 48 hours.")
        help ("Prenez une nouvelle clé pour chaque nouvelle requête.", "Use a new key for each new request."),
    PreconditionRequired = "precondition_required" PRECONDITION_REQUIRED ("Indiquez la version que vous avez lue, dans l’en-tête If-Match.", "State the version that you read, in the If-Match header.")
        when ("Une modification est envoyée sans dire quelle version de l’objet a été lue.", "A change is sent without saying which version of the object was read.")
        help ("Envoyez dans `If-Match` l’`ETag` de l’objet, tel que vous l’avez lu.", "Send the `ETag` of the object, as you last read it, in `If-Match`."),
    TooManyRequests = "too_many_requests" TOO_MANY_REQUESTS ("Les requêtes sont trop nombreuses : patientez avant de réessayer.", "Too many requests: wait before you try again.")
        when ("Vous avez dépassé le nombre de requêtes permis, ou envoyé trop de jetons incorrects.", "You sent more requests than are allowed, or too many tokens that are not valid.")
        help ("Attendez `Retry-After` secondes, puis renvoyez la requête.", "Wait `Retry-After` seconds, then send the request again."),
    HeadersTooLarge = "headers_too_large" REQUEST_HEADER_FIELDS_TOO_LARGE ("Les en-têtes de la requête sont trop volumineux.", "The headers of the request are too large.")
        when ("Les en-têtes de la requête dépassent ensemble la taille acceptée.", "The headers of the request together are larger than what is accepted.")
        help ("Envoyez moins d’en-têtes, ou des en-têtes plus courts.", "Send fewer or shorter headers."),
    Busy = "busy" SERVICE_UNAVAILABLE ("Le service est très sollicité : réessayez dans quelques instants.", "The service is busy: try again in a moment.")
        when ("Le service reçoit plus de requêtes qu’il n’en peut traiter, ou un verrou reste pris trop longtemps.", "The service gets more requests than it can handle, or a lock is held for too long.")
        help ("Attendez `Retry-After` secondes et renvoyez la requête\u{a0}: rien n’a été fait.", "Wait `Retry-After` seconds and send the request again: nothing was done."),
    Unavailable = "unavailable" SERVICE_UNAVAILABLE ("La base de données ne répond pas : réessayez dans quelques instants.", "The database does not answer: try again in a moment.")
        when ("La base de données est arrêtée, redémarre ou ne peut être jointe.", "The database is stopped, starts again or cannot be reached.")
        help ("Attendez `Retry-After` secondes et renvoyez la requête\u{a0}: rien n’a été fait.", "Wait `Retry-After` seconds and send the request again: nothing was done."),
    Draining = "draining" SERVICE_UNAVAILABLE ("Cette instance du service s’arrête.", "This instance of the service is stopping.")
        when ("Cette instance est en cours d’arrêt, par exemple pour une mise à jour.", "This instance is being stopped, for example for an update.")
        help ("Envoyez la requête à une autre instance. Les requêtes déjà commencées sont menées à terme.", "Send the request to another instance. Requests that this instance has begun are finished."),
    OutcomeUnknown = "outcome_unknown" SERVICE_UNAVAILABLE ("Le résultat de la modification n’est pas connu.", "It is not known whether the change was made.")
        when ("La liaison avec la base de données s’est rompue pendant l’enregistrement.", "The connection to the database broke while the change was being saved.")
        help ("Renvoyez la requête avec la même `Idempotency-Key`, ou relisez l’objet pour voir s’il a changé.", "Send the request again with the same `Idempotency-Key`, or get the object to see whether it changed."),
    Internal = "internal" INTERNAL_SERVER_ERROR ("Une erreur est survenue dans le service.", "An error occurred in the service.")
        when ("Le service a rencontré une erreur imprévue, qui a été consignée.", "The service met an error that was not foreseen, and logged it.")
        help ("Signalez l’`instance` de cette réponse à l’exploitant du service\u{a0}; rien n’a été fait.", "Report the `instance` of this answer to the operator; nothing was done."),
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
