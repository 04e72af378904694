#![no_main]
sepiola_fuzz::target!("snapset", store::fuzz::snapset);
