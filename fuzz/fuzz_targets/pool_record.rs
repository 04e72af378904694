#![no_main]
sepiola_fuzz::target!("pool_record", store::fuzz::pool_record);
