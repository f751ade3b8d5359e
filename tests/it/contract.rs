//! The embedded CRM against the OpenAPI document, and the facts about HubSpot that it must imitate.

pub mod client;
mod faults;
mod openapi;
mod reading;
mod writing;
