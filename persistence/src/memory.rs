//! What is kept in memory between requests: one value of each type, which the module that defines the type uses.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

type Things = HashMap<TypeId, Arc<dyn Any + Send + Sync>>;

/// One thing of each type, made when first asked for.
#[derive(Clone, Default)]
pub(crate) struct Memory(Arc<Mutex<Things>>);

impl Memory {
    /// The thing of a type.
    pub(crate) fn of<T: Any + Send + Sync + Default>(&self) -> Arc<T> {
        let mut things = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let thing = things.entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(T::default()));
        // What stands under a type is of that type.
        Arc::clone(thing).downcast().unwrap_or_default()
    }
}
