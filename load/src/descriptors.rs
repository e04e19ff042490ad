//! Every user is two open files: both ends of a connection are here.

use crate::profile::Profile;
use std::error::Error;

/// The runtimes, the listener, the standard streams, and connections that are made anew before the
/// old ones are gone.
const OTHERS: u64 = 256;

/// Raises the process's limit as far as these profiles ask for.
pub(crate) fn allow(profiles: &[Profile]) -> Result<(), Box<dyn Error>> {
    let wanted = wanted(profiles)?;
    let allowed = rlimit::increase_nofile_limit(wanted)?;
    if allowed < wanted {
        return Err(format!(
            "{wanted} open files are needed and {allowed} are allowed; raise the hard limit \
             (`ulimit -Hn`), or name smaller profiles (`--profile baseline`)"
        )
        .into());
    }
    Ok(())
}

fn wanted(profiles: &[Profile]) -> Result<u64, Box<dyn Error>> {
    let connections = profiles.iter().map(|profile| connections(*profile)).max().unwrap_or(0);
    Ok(u64::try_from(connections)? * 2 + OTHERS)
}

/// The pairs keep the users of both loads connected.
const fn connections(profile: Profile) -> usize {
    match profile {
        Profile::Medium => 2 * profile.most_users(),
        _ => profile.most_users(),
    }
}

#[cfg(test)]
mod tests {
    use super::wanted;
    use crate::profile::Profile;

    #[test]
    fn the_largest_profile_decides() {
        assert_eq!(wanted(&[Profile::Soak]).unwrap(), 456);
        assert_eq!(wanted(&Profile::COMPARED).unwrap(), 10_256);
        assert_eq!(wanted(&[Profile::Spike]).unwrap(), 2256);
        assert_eq!(wanted(&[Profile::Spike, Profile::Medium]).unwrap(), 4256);
    }
}
