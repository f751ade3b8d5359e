//! The embedded CRM: a HubSpot-compatible server on loopback and the book that it serves.
