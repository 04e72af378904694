#![no_main]
sepiola_fuzz::target!("log", disk::fuzz::log);
