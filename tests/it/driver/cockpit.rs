//! A cockpit in a pseudo-terminal, and the person before it.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};

use super::home::Home;
use super::{NOW, until};

/// How a cockpit is opened.
pub struct Opening {
    size: (u16, u16),
    variables: Vec<(OsString, OsString)>,
    arguments: Vec<String>,
    shell: Option<String>,
    now: String,
}

impl Opening {
    /// 120 columns, 36 rows, colours and UTF-8.
    pub fn new() -> Self {
        Self {
            size: (120, 36),
            variables: vec![
                ("TERM".into(), "xterm-256color".into()),
                ("LANG".into(), "C.UTF-8".into()),
            ],
            arguments: Vec::new(),
            shell: None,
            now: NOW.to_owned(),
        }
    }

    /// At another moment than the other tests.
    pub fn now(mut self, now: &str) -> Self {
        now.clone_into(&mut self.now);
        self
    }

    pub fn size(mut self, columns: u16, rows: u16) -> Self {
        self.size = (columns, rows);
        self
    }

    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    pub fn argument(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }

    /// Runs the cockpit as a job of a shell: `RETAIN` stands for the command.
    pub fn in_shell(mut self, script: &str) -> Self {
        self.shell = Some(script.to_owned());
        self
    }

    /// Opens it without waiting for anything.
    pub fn begin(self, home: &Home) -> Cockpit {
        let pty = native_pty_system();
        let pair = pty.openpty(pty_size(self.size)).unwrap();
        let idle = home.path().join("idle");
        let _ = std::fs::remove_file(&idle);
        let mut words = vec![env!("CARGO_BIN_EXE_retain").to_owned(), "--now".into(), self.now];
        words.extend(["--idle-file".to_owned(), idle.display().to_string()]);
        words.extend(self.arguments);
        let mut command = match &self.shell {
            None => CommandBuilder::from_argv(words.iter().map(OsString::from).collect()),
            Some(script) => {
                let script = script.replace("RETAIN", &words.join(" "));
                CommandBuilder::from_argv(vec!["sh".into(), "-c".into(), script.into()])
            }
        };
        command.env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", "/nonexistent");
        command.env("RETAIN_HOME", home.path());
        command.cwd(home.path());
        for (name, value) in &self.variables {
            command.env(name, value);
        }
        let before = format!("{:?}", pair.master.get_termios());
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let seen = Arc::new(Mutex::new(Seen::new(self.size)));
        let closing = Arc::new(AtomicBool::new(false));
        let reader = read_all(
            pair.master.try_clone_reader().unwrap(),
            Arc::clone(&seen),
            Arc::clone(&closing),
        );
        Cockpit {
            keyboard: Some(pair.master.take_writer().unwrap()),
            master: Some(pair.master),
            child,
            seen,
            reader,
            closing,
            idle,
            inputs: 0,
            size: self.size,
            before,
        }
    }

    /// Opens it and waits until it is at rest.
    pub fn open(self, home: &Home) -> Cockpit {
        let mut cockpit = self.begin(home);
        cockpit.rest();
        cockpit
    }
}

/// What came out of the terminal.
struct Seen {
    parser: vt100::Parser,
    bytes: Vec<u8>,
}

impl Seen {
    fn new((columns, rows): (u16, u16)) -> Self {
        let size = |cells| NonZeroU16::new(cells).unwrap();
        Self {
            parser: vt100::Parser::new(size(rows), size(columns), 0),
            bytes: Vec::new(),
        }
    }
}

fn read_all(
    mut reader: Box<dyn Read + Send>,
    seen: Arc<Mutex<Seen>>,
    closing: Arc<AtomicBool>,
) -> JoinHandle<()> {
    thread::spawn(move || {
        let mut buffer = vec![0; 65536];
        while !closing.load(Ordering::SeqCst)
            && let Ok(count @ 1..) = reader.read(&mut buffer)
        {
            let mut seen = seen.lock().unwrap();
            seen.parser.process(&buffer[..count]);
            seen.bytes.extend_from_slice(&buffer[..count]);
        }
    })
}

/// A running cockpit.
pub struct Cockpit {
    master: Option<Box<dyn MasterPty + Send>>,
    keyboard: Option<Box<dyn Write + Send>>,
    child: Box<dyn Child + Send + Sync>,
    seen: Arc<Mutex<Seen>>,
    reader: JoinHandle<()>,
    closing: Arc<AtomicBool>,
    idle: PathBuf,
    inputs: u64,
    size: (u16, u16),
    before: String,
}

impl Cockpit {
    /// Presses keys one after the other (`j`, `G`, `<enter>`, `<ctrl-r>`), each once the one before had its effect.
    pub fn press(&mut self, keys: &str) -> &mut Self {
        for key in keys.split(' ') {
            self.send(&bytes_of(key));
            self.inputs += 1;
            self.rest();
        }
        self
    }

    /// Types letters one after the other.
    pub fn type_in(&mut self, text: &str) -> &mut Self {
        for letter in text.chars() {
            self.send(letter.to_string().as_bytes());
            self.inputs += 1;
            self.rest();
        }
        self
    }

    /// Sends bytes as they are, which count as so many inputs.
    pub fn send_raw(&mut self, bytes: &[u8], inputs: u64) -> &mut Self {
        self.send(bytes);
        self.inputs += inputs;
        self
    }

    /// Waits until nothing is in flight, everything that was typed is heard, and all that was drawn is here.
    pub fn rest(&mut self) -> &mut Self {
        until(
            "the cockpit to rest",
            || self.describe(),
            || self.is_at_rest().then_some(()),
        );
        self
    }

    /// Whether nothing is in flight, everything that was typed is heard, and all that was drawn is here.
    pub fn is_at_rest(&self) -> bool {
        self.rested().unwrap_or(false)
    }

    fn rested(&self) -> Option<bool> {
        let (columns, rows) = self.size;
        let size = format!("{columns}x{rows}");
        let line = std::fs::read_to_string(&self.idle).ok()?;
        let mut words = line.split_whitespace();
        let is_idle = words.next() == Some("idle");
        let inputs: u64 = words.next()?.parse().ok()?;
        let bytes: usize = words.next()?.parse().ok()?;
        let rests = is_idle && inputs >= self.inputs && words.next() == Some(&size);
        Some(rests && self.seen.lock().unwrap().bytes.len() >= bytes)
    }

    /// Whether the program has ended.
    pub fn is_gone(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Waits until the screen shows a text.
    pub fn shows(&mut self, text: &str) -> &mut Self {
        until(
            &format!("`{text}`"),
            || self.describe(),
            || self.screen().contains(text).then_some(()),
        );
        self
    }

    /// Waits until the screen is as it ought to be.
    pub fn until(&mut self, is: impl Fn(&str) -> bool) -> &mut Self {
        let describe = || self.describe();
        until("the screen", describe, || is(&self.screen()).then_some(()));
        self
    }

    /// Whether something is in flight.
    pub fn is_busy(&self) -> bool {
        std::fs::read_to_string(&self.idle).is_ok_and(|line| !line.starts_with("idle"))
    }

    /// Waits until the screen shows a text no more.
    pub fn hides(&mut self, text: &str) -> &mut Self {
        let what = format!("`{text}` to go");
        until(
            &what,
            || self.describe(),
            || (!self.screen().contains(text)).then_some(()),
        );
        self
    }

    /// Asserts that the screen, at rest, does not show a text.
    pub fn lacks(&mut self, text: &str) -> &mut Self {
        assert!(
            !self.screen().contains(text),
            "`{text}` is on the screen\n{}",
            self.screen()
        );
        self
    }

    /// The text on the screen.
    pub fn screen(&self) -> String {
        self.with_screen(vt100::Screen::contents)
    }

    /// Looks at the cells.
    pub fn with_screen<T>(&self, look: impl FnOnce(&vt100::Screen) -> T) -> T {
        look(self.seen.lock().unwrap().parser.screen())
    }

    /// Every byte that the program wrote.
    pub fn bytes(&self) -> Vec<u8> {
        self.seen.lock().unwrap().bytes.clone()
    }

    /// Changes the size of the terminal.
    pub fn resize(&mut self, columns: u16, rows: u16) -> &mut Self {
        self.size = (columns, rows);
        let size = |cells| NonZeroU16::new(cells).unwrap();
        self.seen
            .lock()
            .unwrap()
            .parser
            .screen_mut()
            .set_size(size(rows), size(columns));
        self.master.as_ref().unwrap().resize(pty_size(self.size)).unwrap();
        self.rest()
    }

    /// Sends a signal.
    pub fn signal(&mut self, signal: Signal) -> &mut Self {
        kill_process(self.pid(), signal).unwrap();
        self
    }

    /// Its process.
    pub fn pid(&self) -> Pid {
        Pid::from_raw(self.child.process_id().unwrap() as i32).unwrap()
    }

    /// Takes the terminal away, as a broken connection does.
    pub fn lose_terminal(&mut self) -> &mut Self {
        // Our reader has the terminal open too: one last frame makes it see that it is to let go.
        self.closing.store(true, Ordering::SeqCst);
        let master = self.master.take().unwrap();
        master.resize(pty_size((100, 30))).unwrap();
        until(
            "the reader to let go",
            || self.describe(),
            || self.reader.is_finished().then_some(()),
        );
        self.keyboard = None;
        self
    }

    /// Waits for the end of the program.
    pub fn ended(&mut self) -> ExitStatus {
        let seen = Arc::clone(&self.seen);
        let describe = || seen.lock().unwrap().parser.screen().contents();
        until("the end of the program", describe, || {
            self.child.try_wait().unwrap()
        })
    }

    /// Asserts that the terminal is as it was before.
    pub fn left_the_terminal_as_it_was(&self) {
        let after = format!("{:?}", self.master.as_ref().unwrap().get_termios());
        assert_eq!(after, self.before);
        let is_restored = |screen: &vt100::Screen| {
            !screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste()
        };
        until(
            "the screen to be given back",
            || self.describe(),
            || self.with_screen(is_restored).then_some(()),
        );
    }

    fn send(&mut self, bytes: &[u8]) {
        self.keyboard.as_mut().unwrap().write_all(bytes).unwrap();
    }

    fn describe(&self) -> String {
        let idle = std::fs::read_to_string(&self.idle).unwrap_or_default();
        format!(
            "idle file: {idle}after {} inputs; the screen:\n{}",
            self.inputs,
            self.screen()
        )
    }
}

impl Drop for Cockpit {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn pty_size((cols, rows): (u16, u16)) -> PtySize {
    PtySize {
        rows,
        cols,
        pixel_width: 0,
        pixel_height: 0,
    }
}

/// What a terminal sends for a key.
fn bytes_of(key: &str) -> Vec<u8> {
    match key {
        "<enter>" => b"\r".to_vec(),
        "<esc>" => b"\x1b".to_vec(),
        "<tab>" => b"\t".to_vec(),
        "<space>" => b" ".to_vec(),
        "<backspace>" => b"\x7f".to_vec(),
        "<down>" => b"\x1b[B".to_vec(),
        "<up>" => b"\x1b[A".to_vec(),
        "<page-down>" => b"\x1b[6~".to_vec(),
        key => match key.strip_prefix("<ctrl-").and_then(|rest| rest.strip_suffix('>')) {
            Some(letter) => vec![letter.as_bytes()[0] & 0x1f],
            None => key.as_bytes().to_vec(),
        },
    }
}
