//! Creating images.

use bytes::Bytes;
use cls::rbd::DirectoryState;
use cls::rbd::client as class;
use ops::{Errno, Op, Result};
use rados::IoCtx;

use crate::features;
use crate::header::call;
use crate::names;
use crate::object_map::{check_object_count, create_object_map};
use crate::open::plain;
use crate::options::{ImageOption, ImageOptions};
use crate::settings::Settings;
use crate::striping::Layout;
use crate::wait::wait;

/// What is to be created, checked.
struct Plan {
    features: u64,
    order: u8,
    stripe_unit: u64,
    stripe_count: u64,
    objects: u64,
    data: IoCtx,
    data_pool: Option<i64>,
}

/// Creates an image of `size` bytes. `options` gets the order that was chosen. `-EEXIST` where the name is
/// taken, `-EINVAL` for a name with `@` or `/` or none at all and for options that do not fit together,
/// `-EDOM` for an order outside 12 to 25, `-ENOSYS` for features that are not supported, `-ENOENT` where
/// the namespace or the data pool does not exist.
pub fn create(
    io: &IoCtx,
    settings: &Settings,
    name: &str,
    size: u64,
    options: &mut ImageOptions,
) -> Result<()> {
    create_with_id(io, settings, name, None, size, options).map(drop)
}

/// Returns the id.
pub(crate) fn create_with_id(
    io: &IoCtx,
    settings: &Settings,
    name: &str,
    id: Option<String>,
    size: u64,
    options: &mut ImageOptions,
) -> Result<String> {
    let io = plain(io);
    for refused in [ImageOption::Flatten, ImageOption::CloneFormat] {
        if options.is_set(refused) {
            tracing::error!(target: "rbd", "create does not take the image option {refused:?}");
            return Err(Errno::EINVAL);
        }
    }
    check_name(name)?;
    if exists(&io, name)? {
        tracing::error!(target: "rbd", "image {name} exists already");
        return Err(Errno::EEXIST);
    }
    let asked = options.number(ImageOption::Order).filter(|&order| order != 0);
    let order = check_order(asked.unwrap_or(settings.default_order))?;
    let format = options.number(ImageOption::Format).unwrap_or(settings.default_format);
    let created = if format == 1 {
        tracing::error!(target: "rbd", "images of format 1 cannot be created");
        Err(Errno::EINVAL)
    } else {
        plan(&io, settings, order, size, options).and_then(|plan| write(&io, settings, name, id, size, &plan))
    };
    options.set_u64(ImageOption::Order, order.into())?;
    created
}

pub(crate) fn check_name(name: &str) -> Result<()> {
    if name.is_empty() || name.contains(['@', '/', '\0']) {
        tracing::error!(target: "rbd", "not a name for an image: {name:?}");
        return Err(Errno::EINVAL);
    }
    Ok(())
}

/// Whether an image of either format has that name.
pub(crate) fn exists(io: &IoCtx, name: &str) -> Result<bool> {
    for object in [names::old_header_object(name), names::id_object(name)] {
        match io.stat(object) {
            Ok(_) => return Ok(true),
            Err(Errno::ENOENT) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(false)
}

fn check_order(order: u64) -> Result<u8> {
    if (12..=25).contains(&order) {
        return Ok(order as u8);
    }
    tracing::error!(target: "rbd", "an object's order is 12 to 25, not {order}");
    Err(Errno::EDOM)
}

fn plan(io: &IoCtx, settings: &Settings, order: u8, size: u64, options: &ImageOptions) -> Result<Plan> {
    let asked = options.number(ImageOption::Features);
    let mut features = match asked {
        Some(features) => features,
        None if settings.default_features_untouched => settings.default_features & features::SUPPORTED,
        None => settings.default_features,
    };
    let set = options.number(ImageOption::FeaturesSet).unwrap_or(0);
    let clear = options.number(ImageOption::FeaturesClear).unwrap_or(0);
    features = (features | (set & !clear)) & !(clear & !set);
    // Programs pass on what another image has, as libvirt does of a clone's.
    features &= !(features::INTERNAL | features::MUTABLE_INTERNAL);
    if features & features::OBJECT_MAP != 0 {
        features |= features::FAST_DIFF;
    }
    let or_default = |option, default| options.number(option).filter(|&value| value != 0).unwrap_or(default);
    let unit = or_default(ImageOption::StripeUnit, settings.default_stripe_unit);
    let count = or_default(ImageOption::StripeCount, settings.default_stripe_count);
    let data_pool = options.get_text(ImageOption::DataPool).unwrap_or(&settings.default_data_pool);
    let own_pool = io.store().pool(io.pool()).ok_or(Errno::ENOENT)?;
    let separate = !data_pool.is_empty() && data_pool != own_pool.name;
    features = if separate { features | features::DATA_POOL } else { features & !features::DATA_POOL };
    let striped = unit != 0 && unit != 1 << order || count > 1;
    features = if striped { features | features::STRIPINGV2 } else { features & !features::STRIPINGV2 };
    check_features(features)?;
    check_striping(order, unit, count)?;
    let layout = Layout::new(order, unit, count);
    // Object numbers and offsets must stay within 64 bits.
    if size.checked_next_multiple_of(layout.period()).is_none() {
        return Err(Errno::EFBIG);
    }
    let objects = layout.num_objects(size);
    if features & features::OBJECT_MAP != 0 {
        check_object_count(objects)?;
    }
    let (data, data_pool) = if separate {
        let pool = io.store().pool_id(data_pool).ok_or_else(|| {
            tracing::error!(target: "rbd", "data pool {data_pool} does not exist");
            Errno::ENOENT
        })?;
        (io.with_pool(pool)?, Some(pool))
    } else {
        (io.clone(), None)
    };
    Ok(Plan { features, order, stripe_unit: unit, stripe_count: count, objects, data, data_pool })
}

fn check_features(features: u64) -> Result<()> {
    let has = |bit| features & bit != 0;
    if features & !features::ALL != 0 {
        tracing::error!(target: "rbd", "unknown features {:#x}", features & !features::ALL);
        return Err(Errno::ENOSYS);
    }
    let inconsistent = has(features::FAST_DIFF) && !has(features::OBJECT_MAP)
        || has(features::OBJECT_MAP) && !has(features::EXCLUSIVE_LOCK)
        || has(features::JOURNALING) && !has(features::EXCLUSIVE_LOCK);
    if inconsistent {
        tracing::error!(target: "rbd", "features that do not go together: {}", features::to_text(features).0);
        return Err(Errno::EINVAL);
    }
    let unsupported = features & !features::SUPPORTED;
    if unsupported != 0 {
        tracing::error!(target: "rbd", "features not supported yet: {}", features::to_text(unsupported).0);
        return Err(Errno::ENOSYS);
    }
    Ok(())
}

fn check_striping(order: u8, unit: u64, count: u64) -> Result<()> {
    let object = 1_u64 << order;
    let fits = match (unit, count) {
        (0, 0) => true,
        (0, _) | (_, 0) => false,
        _ => unit <= object && object.is_multiple_of(unit) && count <= u64::from(u32::MAX),
    };
    if !fits {
        tracing::error!(target: "rbd", "stripes of {count} times {unit} bytes do not fit objects of {object}");
        return Err(Errno::EINVAL);
    }
    Ok(())
}

/// Each step undoes the ones before where it fails, so that no half of an image is left.
fn write(
    io: &IoCtx,
    settings: &Settings,
    name: &str,
    id: Option<String>,
    size: u64,
    plan: &Plan,
) -> Result<String> {
    let id = id.unwrap_or_else(|| names::generate_id(io.store().identity().instance_id));
    let prefix = names::object_prefix(&id, plan.data_pool.map(|_| io.pool()))?;
    if settings.validate_pool {
        validate_pool(&plan.data)?;
    }
    let mut directory = Vec::new();
    if !io.namespace().is_empty() {
        directory.push(class::dir_state_assert(DirectoryState::Ready).op());
    }
    directory.push(class::dir_add_image(name.as_bytes(), id.as_bytes()).op());
    io.operate(names::DIRECTORY, directory)?;

    let undo_directory = || {
        let removed = call(io, names::DIRECTORY, &class::dir_remove_image(name.as_bytes(), id.as_bytes()));
        if let Err(error) = removed {
            tracing::error!(target: "rbd", "image {name} stays in the directory: {error}");
        }
    };
    let set_id = vec![Op::Create { exclusive: true }, class::set_id(id.as_bytes()).op()];
    io.operate(names::id_object(name), set_id).inspect_err(|_| undo_directory())?;

    let header = vec![
        Op::Create { exclusive: true },
        class::create(size, plan.order, plan.features, prefix.as_bytes(), plan.data_pool).op(),
    ];
    let created = io.operate(names::header_object(&id), header).map_err(|error| {
        // An id that is taken, which only bad luck can bring about.
        if error == Errno::EEXIST { Errno::EBADF } else { error }
    });
    let finished = created.and_then(|_| {
        finish_header(io, &id, plan).inspect_err(|_| {
            if let Err(error) = io.remove(names::header_object(&id)) {
                tracing::error!(target: "rbd", "the header of image {name} stays behind: {error}");
            }
        })
    });
    finished.inspect_err(|_| {
        if let Err(error) = io.remove(names::id_object(name)) {
            tracing::error!(target: "rbd", "the id of image {name} stays behind: {error}");
        }
        undo_directory();
    })?;
    Ok(id)
}

/// What goes by the features of a header that is there already: an OSD shows a class method nothing of what the
/// operations before it in the same request have written.
fn finish_header(io: &IoCtx, id: &str, plan: &Plan) -> Result<()> {
    if plan.features & features::STRIPINGV2 != 0 {
        let striping = class::set_stripe_unit_count(plan.stripe_unit, plan.stripe_count);
        call(io, names::header_object(id), &striping)?;
    }
    match plan.features & features::OBJECT_MAP {
        0 => Ok(()),
        _ => create_object_map(io, id, plan.objects),
    }
}

/// The first image of a pool proves that the pool can do what images need, and leaves a note of it.
/// `-EINVAL` where it has snapshots of its own.
pub(crate) fn validate_pool(data: &IoCtx) -> Result<()> {
    const VALIDATE: &[u8] = b"validate";
    const VALIDATED: &[u8] = b"overwrite validated";
    let io = data.with_namespace("");
    match io.read(names::INFO, 0, 0) {
        Ok(note) if note == VALIDATED => return Ok(()),
        Ok(_) | Err(Errno::ENOENT) => {}
        Err(error) => return Err(error),
    }
    let snap = wait(|done| io.store().selfmanaged_snap_create(io.pool(), done)).inspect_err(|error| {
        tracing::error!(target: "rbd", "the pool cannot take snapshots of images: {error}");
    })?;
    io.write_full(names::INFO, Bytes::from_static(VALIDATE))?;
    wait(|done| io.store().selfmanaged_snap_remove(io.pool(), snap, done))?;
    io.operate(names::INFO, vec![Op::Write { off: 0, data: Bytes::from_static(VALIDATED) }]).map(drop)
}
