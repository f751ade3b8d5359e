//! Domains of mail, by which the account of a requester is found.

/// Who is looked for: an address, or only a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sought {
    /// The whole address, in lower case.
    pub mail: Option<String>,
    /// Its domain, in lower case.
    pub domain: String,
}

impl Sought {
    /// Reads an address of mail (`Ana <ana@x.example>` too), a domain, or a page's address; `None` where it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        let bare = text
            .rsplit_once('<')
            .map_or(text.as_str(), |(_, inner)| inner.trim_end_matches('>'));
        let bare = bare.strip_prefix("mailto:").unwrap_or(bare).trim();
        let mail = bare.contains('@').then(|| bare.to_owned());
        let domain = match bare.rsplit_once('@') {
            Some((who, domain)) if !who.is_empty() => domain.to_owned(),
            Some(_) => return None,
            None => host(bare),
        };
        let is_name = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '-');
        let is_domain = domain.contains('.') && domain.split('.').all(is_name);
        let one_word = !bare.contains(char::is_whitespace);
        (is_domain && one_word).then_some(Self { mail, domain })
    }

    /// The domains whose company mail from there may come from: its own, and each above it.
    pub fn domains(&self) -> impl Iterator<Item = &str> {
        let mut rest = Some(self.domain.as_str());
        let all = std::iter::from_fn(move || {
            let here = rest?;
            rest = here.split_once('.').map(|(_, above)| above);
            Some(here)
        });
        all.filter(|domain| domain.contains('.'))
    }

    /// That nobody is found, in one sentence; `public` where anybody can have mail of the domain.
    pub fn nobody(&self, public: bool) -> String {
        let domain = &self.domain;
        match &self.mail {
            Some(mail) if public => {
                format!("no contact has the address {mail}, and anybody can have mail of {domain}")
            }
            Some(mail) => format!("no contact has the address {mail}, and no account the domain {domain}"),
            None if public => format!("anybody can have mail of {domain}: it names no account"),
            None => format!("no account has the domain {domain}"),
        }
    }

    /// Whether mail from there comes from whoever has this domain: the same, or one below it.
    pub fn is_of(&self, domain: &str) -> bool {
        let domain = host(&domain.trim().to_lowercase());
        let below = self.domain.strip_suffix(domain.as_str());
        domain.contains('.') && below.is_some_and(|below| below.is_empty() || below.ends_with('.'))
    }
}

/// The host of a page's address, or a bare domain without its `www.`.
pub fn host(text: &str) -> String {
    let bare = text.split_once("://").map_or(text, |(_, rest)| rest);
    let bare = bare.split(['/', '?', '#', ':']).next().unwrap_or_default();
    bare.strip_prefix("www.").unwrap_or(bare).to_owned()
}

#[cfg(test)]
mod tests {
    use super::Sought;

    fn check(text: &str, expected: Option<(Option<&str>, &str)>) {
        let found = Sought::parse(text);
        let found = found
            .as_ref()
            .map(|one| (one.mail.as_deref(), one.domain.as_str()));
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn addresses_and_domains_are_read_as_people_paste_them() {
        check("Ana.B@X.example", Some((Some("ana.b@x.example"), "x.example")));
        check(
            "Ana B <ana@x.example>",
            Some((Some("ana@x.example"), "x.example")),
        );
        check("mailto:ana@x.example", Some((Some("ana@x.example"), "x.example")));
        check("https://www.x.example/login", Some((None, "x.example")));
        check("müller.example", Some((None, "müller.example")));
        for wrong in [
            "",
            "x",
            "@x.example",
            "a@",
            "juniper freight",
            "a..b",
            "a b@x.example",
        ] {
            check(wrong, None);
        }
    }

    #[test]
    fn a_domain_below_is_of_the_same_company_and_one_that_only_ends_alike_is_not() {
        let is_of = |one: &str, other: &str| Sought::parse(one).is_some_and(|one| one.is_of(other));
        assert!(is_of("ana@x.example", "X.example") && is_of("ana@mail.x.example", "www.x.example"));
        assert!(!is_of("ana@max.example", "x.example") && !is_of("ana@x.example", "mail.x.example"));
        assert!(!is_of("ana@x.example", "example") && !is_of("ana@x.example", ""));
    }
}
