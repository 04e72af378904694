#![no_main]
sepiola_fuzz::target!("osdmap_incremental", osdmap::fuzz::incremental);
