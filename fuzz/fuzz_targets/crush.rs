#![no_main]
sepiola_fuzz::target!("crush", osdmap::fuzz::crush);
