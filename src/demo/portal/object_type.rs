//! The kinds of objects that the portal has, under HubSpot's names and ids.

/// A kind of object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum ObjectType {
    /// 0-2
    Companies,
    /// 0-1
    Contacts,
    /// 0-3
    Deals,
    /// 0-5
    Tickets,
    /// 0-27
    Tasks,
    /// 0-46
    Notes,
    /// 0-48
    Calls,
    /// 0-47
    Meetings,
    /// 0-49
    Emails,
    /// 0-19, read-only
    Feedback,
}

use ObjectType::{Calls, Companies, Contacts, Deals, Emails, Feedback, Meetings, Notes, Tasks, Tickets};

impl ObjectType {
    /// Every kind, in the order of the discriminants.
    pub const ALL: [Self; 10] = [
        Companies, Contacts, Deals, Tickets, Tasks, Notes, Calls, Meetings, Emails, Feedback,
    ];

    /// The plural name in paths.
    pub fn name(self) -> &'static str {
        match self {
            Companies => "companies",
            Contacts => "contacts",
            Deals => "deals",
            Tickets => "tickets",
            Tasks => "tasks",
            Notes => "notes",
            Calls => "calls",
            Meetings => "meetings",
            Emails => "emails",
            Feedback => "feedback_submissions",
        }
    }

    /// The singular name.
    pub fn singular(self) -> &'static str {
        match self {
            Companies => "company",
            Contacts => "contact",
            Deals => "deal",
            Tickets => "ticket",
            Tasks => "task",
            Notes => "note",
            Calls => "call",
            Meetings => "meeting",
            Emails => "email",
            Feedback => "feedback_submission",
        }
    }

    fn type_id(self) -> &'static str {
        match self {
            Companies => "0-2",
            Contacts => "0-1",
            Deals => "0-3",
            Tickets => "0-5",
            Tasks => "0-27",
            Notes => "0-46",
            Calls => "0-48",
            Meetings => "0-47",
            Emails => "0-49",
            Feedback => "0-19",
        }
    }

    /// The kind that a path or filter names by plural, singular or type id.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| [kind.name(), kind.singular(), kind.type_id()].contains(&text))
    }

    /// The property that holds the last-changed stamp.
    pub fn changed_property(self) -> &'static str {
        if self == Contacts {
            "lastmodifieddate"
        } else {
            "hs_lastmodifieddate"
        }
    }

    /// The property that holds the day of creation.
    pub fn created_property(self) -> &'static str {
        match self {
            Companies | Contacts | Deals | Tickets => "createdate",
            _ => "hs_createdate",
        }
    }

    /// The scopes that a key needs to read objects of this kind.
    pub fn read_scopes(self) -> &'static [&'static str] {
        match self {
            Companies => &["crm.objects.companies.read"],
            Deals => &["crm.objects.deals.read"],
            Tickets => &["tickets"],
            Emails => &["crm.objects.contacts.read", "sales-email-read"],
            Feedback => &["crm.objects.feedback_submissions.read"],
            _ => &["crm.objects.contacts.read"],
        }
    }

    /// The scope that a key needs beside them to read which properties this kind has.
    pub fn schema_scope(self) -> Option<&'static str> {
        match self {
            Companies => Some("crm.schemas.companies.read"),
            Contacts => Some("crm.schemas.contacts.read"),
            Deals => Some("crm.schemas.deals.read"),
            _ => None,
        }
    }

    /// The scope that a key needs to write objects of this kind.
    pub fn write_scope(self) -> &'static str {
        match self {
            Companies => "crm.objects.companies.write",
            Deals => "crm.objects.deals.write",
            Tickets => "tickets",
            _ => "crm.objects.contacts.write",
        }
    }

    /// The smallest id that records of this kind get.
    pub(super) fn first_id(self) -> u64 {
        10_000_000_000 + 1_000_000_000 * (self as u64)
    }

    /// HubSpot's association type ids from this kind to another, most specific last.
    pub fn association_types(self, to: Self) -> &'static [u16] {
        match (self, to) {
            (Companies, Contacts) => &[280, 2],
            (Contacts, Companies) => &[279, 1],
            (Companies, Deals) => &[342, 6],
            (Deals, Companies) => &[341, 5],
            (Companies, Tickets) => &[340],
            (Tickets, Companies) => &[339, 26],
            (Contacts, Deals) => &[4],
            (Deals, Contacts) => &[3],
            (Contacts, Tickets) => &[15],
            (Tickets, Contacts) => &[16],
            (Deals, Tickets) => &[27],
            (Tickets, Deals) => &[28],
            (Feedback, Contacts) => &[98],
            (Contacts, Feedback) => &[97],
            (Feedback, Tickets) => &[100],
            (Tickets, Feedback) => &[99],
            (Notes, Companies) => &[190],
            (Notes, Contacts) => &[202],
            (Notes, Deals) => &[214],
            (Notes, Tickets) => &[228],
            (Tasks, Companies) => &[192],
            (Tasks, Contacts) => &[204],
            (Tasks, Deals) => &[216],
            (Tasks, Tickets) => &[230],
            (Meetings, Companies) => &[188],
            (Meetings, Contacts) => &[200],
            (Meetings, Deals) => &[212],
            (Meetings, Tickets) => &[226],
            (Calls, Companies) => &[182],
            (Calls, Contacts) => &[194],
            (Calls, Deals) => &[206],
            (Calls, Tickets) => &[220],
            (Emails, Companies) => &[186],
            (Emails, Contacts) => &[198],
            (Emails, Deals) => &[210],
            (Emails, Tickets) => &[224],
            (Companies, Notes) => &[189],
            (Contacts, Notes) => &[201],
            (Deals, Notes) => &[213],
            (Tickets, Notes) => &[227],
            (Companies, Tasks) => &[191],
            (Contacts, Tasks) => &[203],
            (Deals, Tasks) => &[215],
            (Tickets, Tasks) => &[229],
            (Companies, Meetings) => &[187],
            (Contacts, Meetings) => &[199],
            (Deals, Meetings) => &[211],
            (Tickets, Meetings) => &[225],
            (Companies, Calls) => &[181],
            (Contacts, Calls) => &[193],
            (Deals, Calls) => &[205],
            (Tickets, Calls) => &[219],
            (Companies, Emails) => &[185],
            (Contacts, Emails) => &[197],
            (Deals, Emails) => &[209],
            (Tickets, Emails) => &[223],
            (Companies, Companies) => &[14, 13],
            _ => &[],
        }
    }
}
