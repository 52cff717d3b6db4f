//! Addresses of others in the settings: whether they can be right, and how they are shown without their secrets.

use url::Url;

const HIDDEN: &str = "(hidden)";
/// Parameters of a database's address that hold no secret. Of all others, the name alone is shown.
const PLAIN: &[&str] = &[
    "application_name",
    "channel_binding",
    "connect_timeout",
    "dbname",
    "gssencmode",
    "host",
    "hostaddr",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "load_balance_hosts",
    "port",
    "sslmode",
    "sslrootcert",
    "target_session_attrs",
    "tcp_user_timeout",
    "user",
];

/// Checks the address of a database.
///
/// # Errors
/// One sentence says why it cannot be one; it holds nothing of what may be secret.
pub(crate) fn database_address(address: &str) -> Result<(), String> {
    if address.trim().is_empty() {
        return Err("DATABASE_URL is empty: unset it for a private PostgreSQL, or give an address".into());
    }
    if let Some((scheme, rest)) = scheme(address) {
        if !["postgres", "postgresql"].contains(&scheme) {
            return Err(format!("DATABASE_URL is an address of PostgreSQL (postgres://…), not of {scheme}://"));
        }
        // A slash ends the user and the password, so what follows would be read as the name of a database.
        if rest.split(['?', '#']).next().and_then(|it| it.split_once('/')).is_some_and(|(_, path)| path.contains('@')) {
            return Err("DATABASE_URL has a / or @ in its user or password: write %2F or %40 instead".into());
        }
        return Ok(());
    }
    if pairs(address).is_none_or(|pairs| pairs.is_empty()) {
        return Err("DATABASE_URL is neither postgres://… nor keywords and values (host=… dbname=…)".into());
    }
    Ok(())
}

/// The address of a database, without what may be secret.
pub(crate) fn shown_database(address: &str) -> String {
    let value = |name: &str, value: &str| if PLAIN.contains(&name) { value.to_owned() } else { HIDDEN.to_owned() };
    if scheme(address).is_some() {
        let Ok(mut url) = Url::parse(address) else { return "(set)".to_owned() };
        let pairs: Vec<_> = url.query_pairs().map(|(name, it)| format!("{name}={}", value(&name, &it))).collect();
        let _ = url.set_password(None);
        url.set_query(None);
        url.set_fragment(None);
        return if pairs.is_empty() { url.to_string() } else { format!("{url}?{}", pairs.join("&")) };
    }
    let Some(pairs) = pairs(address) else { return "(set)".to_owned() };
    pairs.iter().map(|(name, it)| format!("{name}={}", value(name, it))).collect::<Vec<_>>().join(" ")
}

/// The scheme of an address, and what follows; nothing where it is keywords and values.
fn scheme(address: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = address.split_once("://")?;
    scheme.chars().all(|one| one.is_ascii_alphanumeric() || "+-.".contains(one)).then_some((scheme, rest))
}

/// Any other address, without user, password, query and fragment.
pub(crate) fn shown_url(address: &str) -> String {
    let Ok(mut url) = Url::parse(address.trim()) else { return "(set)".to_owned() };
    let user = !url.username().is_empty() || url.password().is_some();
    if !user && url.query().is_none() && url.fragment().is_none() {
        return address.trim().to_owned();
    }
    // An address without a host has neither.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.set_fragment(None);
    format!("{} {HIDDEN}", url.as_str().trim_end_matches('/'))
}

/// Checks a web origin: it is compared with what browsers send, character by character.
///
/// # Errors
/// One sentence says what to write instead.
pub(crate) fn web_origin(origin: &str) -> Result<(), String> {
    let wrong = |why: &str| Err(format!("DIAPASON_CORS_ORIGINS: {why}"));
    if origin.contains('*') {
        return wrong("* is not taken, name each origin (https://site.example)");
    }
    let Ok(url) = Url::parse(origin) else {
        return wrong(&format!("{origin} has no scheme, write https://{origin}"));
    };
    if !["http", "https"].contains(&url.scheme()) || !url.has_host() {
        return wrong(&format!("{} is neither http://… nor https://…", url.scheme()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return wrong(&format!("an origin has no user and no password, write {}", url.origin().ascii_serialization()));
    }
    let right = url.origin().ascii_serialization();
    if right == origin {
        return Ok(());
    }
    let why = if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        "has a path"
    } else if origin.ends_with('/') {
        "ends with a slash"
    } else {
        "is not written as browsers send it"
    };
    wrong(&format!("{} {why}, write {right}", shown_url(origin)))
}

/// The keywords and values of a connection string (PostgreSQL, 34.1.1.1): values may stand in quotes, a backslash takes the next
/// character as it is. Nothing where it is none.
fn pairs(text: &str) -> Option<Vec<(String, String)>> {
    let (mut all, mut rest) = (Vec::new(), text.trim_start());
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=')?;
        let name = name.trim_end();
        if name.is_empty() || !name.chars().all(|one| one.is_ascii_alphanumeric() || one == '_') {
            return None;
        }
        let after = after.trim_start();
        let quoted = after.starts_with('\'');
        let mut characters = after.chars();
        if quoted {
            characters.next();
        }
        let (mut value, mut ended) = (String::new(), !quoted);
        while let Some(one) = characters.clone().next() {
            if !quoted && one.is_whitespace() {
                break;
            }
            characters.next();
            match one {
                '\\' => value.extend(characters.next()),
                '\'' if quoted => {
                    ended = true;
                    break;
                }
                one => value.push(one),
            }
        }
        if !ended {
            return None;
        }
        all.push((name.to_owned(), value));
        rest = characters.as_str().trim_start();
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::{database_address, shown_database, shown_url, web_origin};

    #[test]
    fn no_form_of_an_address_shows_its_secrets() {
        for (address, shown) in [
            ("postgres://app:zz@db/diapason", "postgres://app@db/diapason"),
            ("postgresql://app@db/diapason?password=zz", "postgresql://app@db/diapason?password=(hidden)"),
            ("postgres://db/d?sslpassword=zz&sslmode=require", "postgres://db/d?sslpassword=(hidden)&sslmode=require"),
            ("postgres://db/d?passw%6frd=zz", "postgres://db/d?password=(hidden)"),
            ("postgres://app:zz@one:1,two:2/d", "(set)"),
            ("host=db password=zz user=app", "host=db password=(hidden) user=app"),
            ("host = db password = 'z z' dbname=d", "host=db password=(hidden) dbname=d"),
            (r"password='z\'z' host=db", "password=(hidden) host=db"),
            (r"password=z\ z host=db", "password=(hidden) host=db"),
            ("host=db password='zz", "(set)"),
        ] {
            let said = shown_database(address);
            assert!(!said.contains("zz") && !said.contains("z z"), "{said}");
            assert_eq!(said, shown, "{address}");
        }
        assert_eq!(shown_url("http://me:zz@collector:4318/?k=zz"), "http://collector:4318 (hidden)");
        assert_eq!(shown_url("smtps://me:zz@relay:465"), "smtps://relay:465 (hidden)");
        assert_eq!(shown_url("smtp://relay"), "smtp://relay");
    }

    #[test]
    fn an_address_that_is_none_of_postgresql_is_refused_in_one_sentence_without_its_secrets() {
        for good in ["postgres://app@db/d", "postgresql://db", "host=db", "dbname=d password='a b'"] {
            assert_eq!(database_address(good), Ok(()));
        }
        for bad in ["", " ", "mysql://u:zz@db/d", "http://zz", "db", "/var/run/zz", "postgres://u:1/zz@db/d", "host"] {
            let said = database_address(bad).unwrap_err();
            assert!(said.contains("DATABASE_URL") && !said.contains("zz") && said.lines().count() == 1, "{said}");
        }
    }

    #[test]
    fn an_origin_is_written_as_browsers_send_it() {
        for good in ["https://site.example", "http://localhost:3000", "https://site.example:8443", "http://[::1]:3000"]
        {
            assert_eq!(web_origin(good), Ok(()));
        }
        for (bad, said) in [
            ("*", "name each origin"),
            ("https://*.site.example", "name each origin"),
            ("site.example", "write https://site.example"),
            ("localhost:3000", "neither http"),
            ("null", "no scheme"),
            ("ftp://site.example", "neither http"),
            ("https://site.example/", "slash, write https://site.example"),
            ("https://site.example/app", "path, write https://site.example"),
            ("https://site.example?a=b", "path, write https://site.example"),
            ("https://me:zz@site.example", "write https://site.example"),
            ("https://Site.example", "write https://site.example"),
            ("https://site.example:443", "write https://site.example"),
        ] {
            let why = web_origin(bad).unwrap_err();
            assert!(why.contains(said) && !why.contains("zz"), "{bad}: {why}");
        }
    }
}
