//! An action of a service in plain things, for exports.

use super::init_service::InitService;
use crate::model::portable::{Declined, Portable, PortableService, Portables, ServiceAct};
use crate::model::query::Init;

impl InitService<'_> {
    /// The action as a plain one.
    ///
    /// # Errors
    /// The service manager of the machine can't do it, or the facts name none.
    pub fn portable(&self, action: &str, into: &mut Portables) -> Result<(), Declined> {
        let init = into.machine.init;
        if init == Init::None && self.of_user.is_none() {
            return Err("the facts name no service manager, so no command for the service is known".into());
        }
        let Some(act) = ServiceAct::named(action) else {
            return Err(Declined(format!("`{action}` has no plain form")));
        };
        if matches!(act, ServiceAct::Mask | ServiceAct::Unmask) && init != Init::Systemd {
            return Err("only systemd can mask a service".into());
        }
        into.add(Portable::Service(PortableService {
            name: self.name.to_owned(),
            user: self.of_user.map(str::to_owned),
            init,
            run_levels: self.run_levels.unwrap_or_default().to_vec(),
            act,
            timeout: self.timeout,
        }));
        Ok(())
    }
}
