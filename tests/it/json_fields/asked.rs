//! What is asked of each command that answers --json.

/// Each command with what is asked of it. `COPY` is a file that is not there yet, `URL` and `TOKEN` lead to the CRM, and
/// `@/tasks/0/id` is that field of the last answer that has it. `later` asks two days later, `trouble` where a scope is
/// missing, a property was renamed, a signal asks for a stage that nobody has, and somebody is away; `alone` the same
/// after the CRM has gone.
pub const ASKED: &[(&str, &[&str])] = &[
    ("sync", &["sync", "trouble sync"]),
    ("accounts", &["accounts", "trouble accounts"]),
    (
        "account, brief",
        &[
            "account juniper",
            "account tallinn",
            "account harbour",
            "account jade",
            "account vela",
            "account osprey",
            "account kestrel",
            "brief juniper",
            "trouble account juniper",
        ],
    ),
    (
        "who",
        &[
            "account juniper",
            "who @/account/domain",
            "who @/people/0/email",
            "who kestrelfoods.example",
            "trouble who @/people/0/email",
        ],
    ),
    ("status", &["status"]),
    (
        "risks, demo",
        &[
            "risks",
            "risks --all",
            "risks --kind opportunity",
            "risks --group-by segment",
            "trouble risks",
        ],
    ),
    (
        "risks close, risks snooze, risks ack, risks plan, risks wake, risks undo",
        &[
            "risks ack juniper:usage-drop",
            "risks plan juniper:champion-left call booked",
            "risks snooze tallinn:champion-left +2w",
            "risks snooze marlow:no-touch worse",
            "risks close kestrel:renewal-near known why",
            "risks close granit:usage-drop noise why",
        ],
    ),
    ("risks, demo", &["risks --all"]),
    (
        "risks close, risks snooze, risks ack, risks plan, risks wake, risks undo",
        &[
            "risks wake tallinn:champion-left",
            "risks undo kestrel:renewal-near",
        ],
    ),
    (
        "risks --as-of",
        &["risks --as-of 2026-11-20", "later risks --as-of 2026-11-23"],
    ),
    ("alarms judge", &["alarms judge petrel yes we saw"]),
    (
        "alarms",
        &["alarms", "alarms --churns", "later alarms --as-of 2026-11-23"],
    ),
    ("standup", &["standup --print", "standup --print --by owner"]),
    (
        "standup begin, standup discussed, standup settle, standup end",
        &["standup begin", "standup discussed juniper"],
    ),
    (
        "standup decide",
        &["standup decide juniper call --who ida --by fri --task --queue"],
    ),
    (
        "standup begin, standup discussed, standup settle, standup end",
        &["standup end"],
    ),
    ("standup", &["later standup --print"]),
    (
        "standup begin, standup discussed, standup settle, standup end",
        &["standup settle @/decision not-kept she was ill"],
    ),
    ("standup", &["later standup --print"]),
    ("standup --minutes", &["standup --minutes"]),
    ("standup note", &["standup note --queue"]),
    ("watch", &["watch --once --since 2026-11-16"]),
    ("team", &["team --all", "team mara", "trouble team --all"]),
    ("health", &["health"]),
    (
        "health ACCOUNT",
        &[
            "health juniper",
            "health harbour",
            "health jade",
            "health juniper --from 60d",
        ],
    ),
    (
        "health ACCOUNT --try, --weight, --green",
        &[
            "health juniper --weight usage=0",
            "health juniper --try usage=90",
            "health juniper --green",
        ],
    ),
    ("signals", &["signals"]),
    ("signals --cannot-tell", &["signals --cannot-tell usage-drop"]),
    (
        "signals test",
        &[
            "signals test champion-left",
            "signals test usage-drop --account harbour",
            "trouble signals test nowhere",
        ],
    ),
    ("signals backtest", &["signals backtest champion-left"]),
    ("nps", &["nps", "later nps --as-of 2026-11-23"]),
    (
        "note, log, task add, task done, task reopen, task due, task give, goal missed, edit ACCOUNT FIELD=VALUE",
        &[
            "note juniper Hello --queue",
            "log juniper call:hello --queue",
            "task add juniper Hello --queue",
            "goal missed juniper --why gone --changes training --look +3w --queue",
        ],
    ),
    ("goal list", &["goal list juniper"]),
    ("task list", &["task list", "task list juniper"]),
    (
        "note, log, task add, task done, task reopen, task due, task give, goal missed, edit ACCOUNT FIELD=VALUE",
        &[
            "task due @/tasks/0/id +3d --queue",
            "task give @/tasks/0/id ida --queue",
            "task done @/tasks/0/id --queue",
            "task reopen @/tasks/0/id --queue",
            "edit juniper segment=mid --queue",
        ],
    ),
    ("edit ACCOUNT", &["edit juniper"]),
    ("play list", &["play list", "play list juniper"]),
    (
        "play start --dry-run",
        &["play start renewal-rescue juniper --dry-run"],
    ),
    (
        "play start, play done, play skip, play undo, play reassign, play pause, play resume, play abandon",
        &[
            "play start renewal-rescue juniper --queue",
            "play start waning-interest juniper --reason usage-drop --queue",
        ],
    ),
    (
        "play show",
        &["play show", "play show juniper", "play show @/runs/0/run"],
    ),
    (
        "play start, play done, play skip, play undo, play reassign, play pause, play resume, play abandon",
        &[
            "play reassign @/runs/0/run @/runs/0/steps/0/step ida --queue",
            "play skip @/run/run @/run/steps/1/step --reason none --queue",
            "play undo @/run/run @/run/steps/1/step --queue",
            "play done @/run/run @/run/steps/0/step --note Done --queue",
            "play pause @/run/run --reason none --queue",
            "play resume @/run/run --queue",
            "play abandon @/run/run --reason none --queue",
        ],
    ),
    (
        "play start on many accounts",
        &[
            "play start waning-interest --account marlow --account osprey --dry-run",
            "play start waning-interest --account marlow --account osprey --account granit --count 2 --queue",
        ],
    ),
    ("play list --bulk", &["play list --bulk"]),
    ("play show", &["play show @/bulks/0/bulk"]),
    ("play list --outcomes", &["play list --outcomes"]),
    ("handoff list", &["handoff list"]),
    ("handoff show", &["handoff show @/handoffs/0/handoff"]),
    (
        "handoff accept, handoff return, handoff answer",
        &[
            "handoff accept @/handoffs/2/handoff --queue",
            "handoff answer @/handoffs/0/handoff --say So. --queue",
            "handoff return @/handoffs/1/handoff --ask Why? --queue",
        ],
    ),
    ("handoff show", &["handoff show @/handoffs/2/handoff"]),
    ("handoff templates", &["handoff templates"]),
    (
        "handoff send",
        &["handoff send csm-to-csm juniper --to priya --pass none --field told_us=So. --queue"],
    ),
    ("who", &["who juniperfreight.example"]),
    ("route list", &["route list"]),
    (
        "route hand-over",
        &["route hand-over @/questions/2/id --desk support --pass none --again --queue"],
    ),
    ("route test", &["route test invoice", "route test complaint"]),
    ("route stats", &["route stats"]),
    ("outbox", &["outbox"]),
    ("outbox resolve ID", &["outbox resolve 3"]),
    ("outbox edit ID", &["outbox edit 5"]),
    (
        "outbox undo, outbox edit, outbox resolve, outbox resend, outbox discard",
        &[
            "outbox edit 5 text=Other --queue",
            "outbox undo 5 --queue",
            "outbox resolve 3 --take mine --queue",
            "outbox resend 4 --queue",
            "outbox discard 2",
        ],
    ),
    ("doctor", &["doctor"]),
    ("check", &["check", "trouble check"]),
    ("config show", &["config show --origin"]),
    ("ledger backup", &["ledger backup COPY"]),
    ("ledger restore", &["ledger restore COPY --yes"]),
    (
        "connect",
        &[
            "trouble connect --profile other --url URL --token-file TOKEN --me mara.lindt@alderfinch.example --yes",
        ],
    ),
    (
        "note, log, task add, task done, task reopen, task due, task give, goal missed, edit ACCOUNT FIELD=VALUE",
        &[
            "trouble edit juniper sentiment=happy",
            "alone edit juniper sentiment=happy",
            "alone task add juniper Hello",
        ],
    ),
    ("an error, on standard error", &["account nobody"]),
];
