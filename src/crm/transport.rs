//! One place that attaches the token, checks the origin, waits and retries.
