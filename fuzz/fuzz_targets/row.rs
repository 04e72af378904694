#![no_main]
sepiola_fuzz::target!("row", disk::fuzz::row);
