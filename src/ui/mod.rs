//! Pure view: model to cells.
