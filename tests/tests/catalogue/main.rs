//! Every kind of the catalogue, in one loop each: what it declares, and what it does against the
//! sandbox. A kind that is added is tested by being in `KINDS`.

mod actions;
mod apart;
mod conformance;
mod data;
mod declared;
mod differences;
mod edge;
mod errors;
mod lost;
mod moto;
mod newborn;
mod one_kind;
mod policies;
mod priced;
mod reference;
mod schema;
mod sdk;
mod setting;
mod shapes;
