//! After a sync or at the day's turn: interpretation, rescoring, signals, read models.
