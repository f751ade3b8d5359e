//! HubSpot, API version 2026-09.
