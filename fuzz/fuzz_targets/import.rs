#![no_main]
sepiola_fuzz::target!("import", store::fuzz::import);
