//! The engine against a fake cloud: what it plans, how it applies, and that it converges wherever
//! it dies.

mod adopt;
mod apply;
mod bed;
mod breakage;
mod broken;
mod cost;
mod crash;
mod drift;
mod export;
mod fake;
mod gate;
mod graph;
mod live;
mod plan;
mod record;
mod refuse;
mod scenarios;
mod text;
