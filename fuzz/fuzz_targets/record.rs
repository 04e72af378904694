#![no_main]
sepiola_fuzz::target!("record", disk::fuzz::record);
