#![no_main]
sepiola_fuzz::target!("store", disk::fuzz::store);
